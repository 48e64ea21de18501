"""Commands of the publish-subscribe pattern."""

import ctypes
import struct
import time

import iceoryx2 as iox2

from commands import OBJECTS, alignments, command, configure, create_port, finish
from payload_types import Bigint, ctype, is_slice, payload_class, read, read_slice, write, write_slice


@command
def publish_subscribe(node, name, verb, payload, user_header=None, qos=None, attributes=None):
    """Creates or opens a service: verb is create, open or open_or_create; qos maps builder methods to values.

    attributes is a list of pairs: what the service shall have for create, what it must have otherwise.
    """
    builder = OBJECTS[node].service_builder(iox2.ServiceName.new(name)).publish_subscribe(payload_class(payload))
    if user_header is not None:
        builder = builder.user_header(ctype(user_header))
    service = finish(configure(builder, alignments(qos)), verb, attributes)
    context = {"payload": payload, "user_header": user_header}
    return OBJECTS.add(service, context, hash=service.service_hash.as_str)


@command
def publish_subscribe_config(service):
    """The quality of service that the service really has, and how many ports are registered."""
    static, dynamic = OBJECTS[service].static_config, OBJECTS[service].dynamic_config
    names = (
        "max_subscribers",
        "max_publishers",
        "max_nodes",
        "history_size",
        "subscriber_max_buffer_size",
        "subscriber_max_borrowed_samples",
        "has_safe_overflow",
    )
    ports = {"publishers": dynamic.number_of_publishers, "subscribers": dynamic.number_of_subscribers}
    return {**{name: getattr(static, name) for name in names}, **ports}


@command
def publisher(service, options=None):
    """Creates a publisher; options map upstream's builder methods to values."""
    return create_port(OBJECTS[service].publisher_builder(), options, OBJECTS.context(service))


@command
def subscriber(service, options=None):
    """Creates a subscriber; options map upstream's builder methods to values."""
    return create_port(OBJECTS[service].subscriber_builder(), options, OBJECTS.context(service))


def _loan(port, payload, length=0):
    return port.loan_slice_uninit(length) if is_slice(payload) else port.loan_uninit()


@command
def send(publisher, values, user_header=None):
    """Sends each value; the result is the number of receivers of each."""
    port, types = OBJECTS[publisher], OBJECTS.context(publisher)
    receivers = []
    for value in values:
        if is_slice(types["payload"]):
            sample = _loan(port, types["payload"], len(value))
            write_slice(types["payload"], sample.payload_ptr, value)
        else:
            sample = _loan(port, types["payload"])
            write(types["payload"], sample.payload_ptr, value)
        if user_header is not None:
            write(types["user_header"], sample.user_header_ptr, user_header)
        receivers.append(sample.assume_init().send())
    return receivers


@command
def loan(publisher, length=0):
    """Loans a sample and keeps it: `drop` gives it back unsent."""
    return OBJECTS.add(_loan(OBJECTS[publisher], OBJECTS.context(publisher)["payload"], length))


def _describe(sample, types):
    header = sample.header
    if is_slice(types["payload"]):
        payload = read_slice(types["payload"], sample.payload_ptr, header.number_of_elements)
    else:
        payload = read(types["payload"], sample.payload_ptr)
    user_header = types["user_header"]
    return {
        "payload": payload,
        "user_header": None if user_header is None else read(user_header, sample.user_header_ptr),
        "publisher_id": Bigint(header.publisher_id.value),
        "node_id": Bigint(header.node_id.value),
        "number_of_elements": header.number_of_elements,
    }


@command
def receive(subscriber, max_samples=1):
    """Receives and releases up to max_samples samples; fewer where no more are there."""
    samples = []
    while len(samples) < max_samples:
        sample = OBJECTS[subscriber].receive()
        if sample is None:
            break
        samples.append(_describe(sample, OBJECTS.context(subscriber)))
        sample.delete()
    return samples


@command
def receive_and_hold(subscriber):
    """Receives one sample and keeps it borrowed: `read_held` shows it again, `drop` releases it."""
    sample = OBJECTS[subscriber].receive()
    types = OBJECTS.context(subscriber)
    return None if sample is None else OBJECTS.add(sample, types, **_describe(sample, types))


@command
def read_held(sample):
    """What a held sample shows now."""
    return _describe(OBJECTS[sample], OBJECTS.context(sample))


@command
def has_samples(subscriber):
    """Whether a receive would give a sample."""
    return OBJECTS[subscriber].has_samples()


# Messages of a mass exchange are runs of 64-bit words that all follow from the sequence number: word i is
# (i + 1) * sequence modulo 2^64. A torn, mixed up or stale message does not fit, whatever its sequence number says.
_WORD = (1 << 64) - 1


def _numbered(sequence, words):
    return struct.pack(f"<{words}Q", *(((i + 1) * sequence) & _WORD for i in range(words)))


@command
def send_many(publisher, count, first=0, words=1):
    """Sends `count` numbered messages of `words` 64-bit words without waiting between them.

    The payload type must hold that many words: u64 for one, a slice of u64 or u8, a structure of u64 fields.
    """
    port, payload = OBJECTS[publisher], OBJECTS.context(publisher)["payload"]
    length = words * 8 if payload == {"slice": "u8"} else words
    receivers = 0
    for sequence in range(first, first + count):
        sample = _loan(port, payload, length)
        ctypes.memmove(sample.payload_ptr, _numbered(sequence, words), words * 8)
        receivers += sample.assume_init().send()
    return {"receivers": receivers}


@command
def receive_many(subscriber, last, timeout, first=None):
    """Receives numbered messages until the one numbered `last` arrives or, in seconds, nothing came for `timeout`.

    Reports how many came, how many numbers were skipped (from `first` on, or else from the first that came), and how
    many messages were corrupt or out of order.
    """
    port, types = OBJECTS[subscriber], OBJECTS.context(subscriber)
    received = skipped = corrupt = disordered = 0
    expected = first
    deadline = time.monotonic() + timeout
    while expected is None or expected <= last:
        sample = port.receive()
        if sample is None:
            if time.monotonic() > deadline:
                break
            time.sleep(0.0001)
            continue
        deadline = time.monotonic() + timeout
        content = _content(sample, types["payload"])
        sample.delete()
        (sequence,) = struct.unpack_from("<Q", content)
        received += 1
        corrupt += content != _numbered(sequence, len(content) // 8)
        if expected is not None:
            skipped += max(0, sequence - expected)
            disordered += sequence < expected
        expected = sequence + 1
    return {"received": received, "skipped": skipped, "corrupt": corrupt, "disordered": disordered}


def _content(sample, payload):
    """The bytes of a message."""
    element, count = (payload["slice"], sample.header.number_of_elements) if is_slice(payload) else (payload, 1)
    return ctypes.string_at(sample.payload_ptr, count * ctypes.sizeof(ctype(element)))
