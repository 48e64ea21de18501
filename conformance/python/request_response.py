"""Commands of the request-response pattern."""

import ctypes
import struct
import time

import iceoryx2 as iox2

from commands import OBJECTS, alignments, command, configure, create_port, finish
from payload_types import Bigint, ctype, is_slice, payload_class, read, read_slice, write, write_slice


@command
def request_response(
    node, name, verb, request, response, request_header=None, response_header=None, qos=None, attributes=None
):
    """Creates or opens a service: verb is create, open or open_or_create; qos maps builder methods to values."""
    builder = OBJECTS[node].service_builder(iox2.ServiceName.new(name))
    builder = builder.request_response(payload_class(request), payload_class(response))
    if request_header is not None:
        builder = builder.request_header(ctype(request_header))
    if response_header is not None:
        builder = builder.response_header(ctype(response_header))
    service = finish(configure(builder, alignments(qos)), verb, attributes)
    context = {
        "request": {"payload": request, "user_header": request_header},
        "response": {"payload": response, "user_header": response_header},
    }
    return OBJECTS.add(service, context, hash=service.service_hash.as_str)


@command
def request_response_config(service):
    """The quality of service that the service really has, and how many ports are registered."""
    static, dynamic = OBJECTS[service].static_config, OBJECTS[service].dynamic_config
    names = (
        "max_active_requests_per_client",
        "max_loaned_requests",
        "max_response_buffer_size",
        "max_servers",
        "max_clients",
        "max_nodes",
        "max_borrowed_responses_per_pending_response",
    )
    return {
        "qos": {
            **{name: getattr(static, name) for name in names},
            "enable_safe_overflow_for_requests": static.has_safe_overflow_for_requests,
            "enable_safe_overflow_for_responses": static.has_safe_overflow_for_responses,
            "enable_fire_and_forget_requests": static.does_support_fire_and_forget_requests,
        },
        "ports": {"clients": dynamic.number_of_clients, "servers": dynamic.number_of_servers},
    }


@command
def client(service, options=None):
    """Creates a client; options map upstream's builder methods to values."""
    return create_port(OBJECTS[service].client_builder(), options, OBJECTS.context(service))


@command
def server(service, options=None):
    """Creates a server; options map upstream's builder methods to values."""
    return create_port(OBJECTS[service].server_builder(), options, OBJECTS.context(service))


# A client loans requests, an active request loans responses: both in the same way.


def _loan(lender, types, length):
    return lender.loan_slice_uninit(length) if is_slice(types["payload"]) else lender.loan_uninit()


def _fill(loan, types, value, user_header):
    if is_slice(types["payload"]):
        write_slice(types["payload"], loan.payload_ptr, value)
    else:
        write(types["payload"], loan.payload_ptr, value)
    if user_header is not None:
        write(types["user_header"], loan.user_header_ptr, user_header)
    return loan.assume_init()


def _length(types, value):
    return len(value) if is_slice(types["payload"]) else 1


def _describe(message, types):
    """The payload and the user header of a message, whichever it is."""
    length = message.header.number_of_elements
    payload = types["payload"]
    if is_slice(payload):
        content = read_slice(payload, message.payload_ptr, length)
    else:
        content = read(payload, message.payload_ptr)
    user_header = types["user_header"]
    return {
        "payload": content,
        "user_header": None if user_header is None else read(user_header, message.user_header_ptr),
        "number_of_elements": length,
    }


def _describe_request(request, types):
    return {**_describe(request, types["request"]), "client_id": Bigint(request.header.client_id.value)}


def _describe_response(response, types):
    return {**_describe(response, types["response"]), "server_id": Bigint(response.header.server_id.value)}


# Clients


@command
def send_request(client, value, user_header=None):
    """Loans, fills and sends a request; the result is its pending response."""
    port, types = OBJECTS[client], OBJECTS.context(client)
    loan = _loan(port, types["request"], _length(types["request"], value))
    return OBJECTS.add(_fill(loan, types["request"], value, user_header).send(), types)


@command
def send_request_copy(client, value):
    """Sends a request of fixed size that the wheel copies; the result is its pending response."""
    port, types = OBJECTS[client], OBJECTS.context(client)
    return OBJECTS.add(port.send_copy(_copy(types["request"], value)), types)


def _copy(types, value):
    copy = ctype(types["payload"])()
    write(types["payload"], ctypes.addressof(copy), value)
    return copy


@command
def loan_request(client, length=1):
    """Loans a request and keeps it: `send_loaned_request` sends it, `drop` gives it back."""
    types = OBJECTS.context(client)
    return OBJECTS.add(_loan(OBJECTS[client], types["request"], length), types)


@command
def send_loaned_request(loan, value, user_header=None):
    """Fills and sends a request that was loaned; the result is its pending response."""
    types = OBJECTS.context(loan)
    request = _fill(OBJECTS[loan], types["request"], value, user_header)
    OBJECTS.take(loan)
    return OBJECTS.add(request.send(), types)


@command
def pending_state(pending):
    """Who still answers, and whether a response waits."""
    response = OBJECTS[pending]
    return {
        "is_connected": response.is_connected,
        "number_of_server_connections": response.number_of_server_connections,
        "has_response": response.has_response,
    }


@command
def read_request(request):
    """The request of a pending response or of an active request, as it is now."""
    return _describe_request(OBJECTS[request], OBJECTS.context(request))


@command
def receive_responses(pending, max_responses=1):
    """Receives and releases up to max_responses responses; fewer where no more are there."""
    responses = []
    while len(responses) < max_responses:
        response = OBJECTS[pending].receive()
        if response is None:
            break
        responses.append(_describe_response(response, OBJECTS.context(pending)))
        response.delete()
    return responses


@command
def hold_response(pending):
    """Receives one response and keeps it borrowed: `read_response` shows it again, `drop` releases it."""
    response = OBJECTS[pending].receive()
    types = OBJECTS.context(pending)
    return None if response is None else OBJECTS.add(response, types, **_describe_response(response, types))


@command
def read_response(response):
    """What a held response shows now."""
    return _describe_response(OBJECTS[response], OBJECTS.context(response))


@command
def set_disconnect_hint(pending):
    """Tells the servers that no more responses are wanted."""
    OBJECTS[pending].set_disconnect_hint()


# Servers


@command
def has_requests(server):
    """Whether a receive would give a request."""
    return OBJECTS[server].has_requests


@command
def receive_request(server):
    """Receives a request and keeps it active until `drop`."""
    request = OBJECTS[server].receive()
    types = OBJECTS.context(server)
    return None if request is None else OBJECTS.add(request, types, **_describe_request(request, types))


@command
def active_state(request):
    """Whether the client still waits for responses."""
    active = OBJECTS[request]
    return {"is_connected": active.is_connected, "has_disconnect_hint": active.has_disconnect_hint}


@command
def respond(request, values, user_header=None):
    """Loans, fills and sends a response for each value."""
    active, types = OBJECTS[request], OBJECTS.context(request)["response"]
    for value in values:
        _fill(_loan(active, types, _length(types, value)), types, value, user_header).send()


@command
def respond_copy(request, value):
    """Sends a response of fixed size that the wheel copies."""
    OBJECTS[request].send_copy(_copy(OBJECTS.context(request)["response"], value))


@command
def loan_response(request, length=1):
    """Loans a response and keeps it: `send_loaned_response` sends it, `drop` gives it back."""
    types = OBJECTS.context(request)
    return OBJECTS.add(_loan(OBJECTS[request], types["response"], length), types)


@command
def send_loaned_response(loan, value, user_header=None):
    """Fills and sends a response that was loaned."""
    response = _fill(OBJECTS[loan], OBJECTS.context(loan)["response"], value, user_header)
    OBJECTS.take(loan)
    response.send()


# Mass exchange: both payloads are u64. Response r of a request is the request plus r.


@command
def serve_many(server, requests, responses, timeout):
    """Answers that many requests with that many responses each; gives up when none came for `timeout` seconds.

    Reports how many requests it answered.
    """
    port = OBJECTS[server]
    served = 0
    deadline = time.monotonic() + timeout
    while served < requests and time.monotonic() < deadline:
        active = port.receive()
        if active is None:
            time.sleep(0)
            continue
        (value,) = struct.unpack("<Q", ctypes.string_at(active.payload_ptr, 8))
        for index in range(responses):
            active.send_copy(ctypes.c_uint64(value + index))
        active.delete()
        served += 1
        deadline = time.monotonic() + timeout
    return {"served": served}


@command
def call_many(client, requests, responses, timeout):
    """Sends that many requests one after the other and waits for that many responses to each, at most `timeout` s.

    Reports how many responses came and how many of them were wrong.
    """
    port = OBJECTS[client]
    received = wrong = 0
    for value in range(0, requests * responses, responses):
        pending = port.send_copy(ctypes.c_uint64(value))
        deadline = time.monotonic() + timeout
        expected = value
        while expected < value + responses and time.monotonic() < deadline:
            response = pending.receive()
            if response is None:
                time.sleep(0)
                continue
            (answer,) = struct.unpack("<Q", ctypes.string_at(response.payload_ptr, 8))
            response.delete()
            wrong += answer != expected
            received += 1
            expected += 1
        pending.delete()
    return {"received": received, "wrong": wrong}
