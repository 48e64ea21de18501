"""Commands for the tests of life and death: a node that owns something of everything, and races for one service."""

import ctypes
import gc

import iceoryx2 as iox2

from commands import OBJECTS, command


@command
def race(node, name, rounds):
    """Opens or creates a service and gives it back, again and again; the result counts the errors by their text."""
    errors = {}
    for _ in range(rounds):
        try:
            builder = OBJECTS[node].service_builder(iox2.ServiceName.new(name)).publish_subscribe(ctypes.c_uint64)
            service = builder.open_or_create()
        except Exception as error:  # whatever upstream raises is to be reported
            errors[str(error)] = errors.get(str(error), 0) + 1
            continue
        del service
        gc.collect()
    return errors


def _attributes():
    key, value = iox2.AttributeKey.new("color"), iox2.AttributeValue.new("red")
    return iox2.AttributeSpecifier.new().define(key, value)


def _services(node, pattern):
    return OBJECTS[node].service_builder(iox2.ServiceName.new(f"all of {pattern}"))


@command
def occupy(node):
    """Creates services of every pattern, with attributes, and every kind of port, with messages under way."""
    _occupy_publish_subscribe(node)
    _occupy_event(node)
    _occupy_request_response(node)
    _occupy_blackboard(node)


def _occupy_publish_subscribe(node):
    builder = _services(node, "fixed").publish_subscribe(ctypes.c_uint64)
    service = builder.create_with_attributes(_attributes())
    subscriber = service.subscriber_builder().create()
    publisher = service.publisher_builder().create()
    publisher.send_copy(ctypes.c_uint64(1))
    publisher.send_copy(ctypes.c_uint64(2))
    kept = [subscriber.receive(), publisher.loan_uninit()]

    slices = _services(node, "slices").publish_subscribe(iox2.Slice[ctypes.c_uint64]).create()
    slice_subscriber = slices.subscriber_builder().create()
    growing = slices.publisher_builder().initial_max_slice_len(1)
    slice_publisher = growing.allocation_strategy(iox2.AllocationStrategy.PowerOfTwo).create()
    for length in (1, 10, 1000):
        sample = slice_publisher.loan_slice_uninit(length)
        ctypes.memset(sample.payload_ptr, 0, length * 8)
        sample.assume_init().send()
    for thing in (service, subscriber, publisher, *kept, slices, slice_subscriber, slice_publisher):
        OBJECTS.add(thing)


def _occupy_event(node):
    service = _services(node, "events").event().create_with_attributes(_attributes())
    listener = service.listener_builder().create()
    notifier = service.notifier_builder().create()
    notifier.notify()
    for thing in (service, listener, notifier):
        OBJECTS.add(thing)


def _occupy_request_response(node):
    builder = _services(node, "requests").request_response(ctypes.c_uint64, ctypes.c_uint64)
    service = builder.create_with_attributes(_attributes())
    server = service.server_builder().create()
    client = service.client_builder().create()
    pending = client.send_copy(ctypes.c_uint64(1))
    active = server.receive()
    active.send_copy(ctypes.c_uint64(2))
    for thing in (service, server, client, pending, active):
        OBJECTS.add(thing)


def _occupy_blackboard(node):
    builder = _services(node, "blackboard").blackboard_creator(ctypes.c_uint64)
    builder = builder.add(ctypes.c_uint64(0), ctypes.c_uint64(5))
    service = builder.create_with_attributes(_attributes())
    writer = service.writer_builder().create()
    reader = service.reader_builder().create()
    for thing in (service, writer, reader):
        OBJECTS.add(thing)
