"""The same subscriber with the official Python bindings: receives the frames until the last one and reports."""

import ctypes
import json
import os
import platform
import time

import iceoryx2 as iox2

STRIDE = 4096
PATIENCE = 60_000_000_000
END = 3


class FrameHeader(ctypes.Structure):
    _fields_ = [("sequence", ctypes.c_uint64), ("stamp", ctypes.c_uint64), ("phase", ctypes.c_uint32)]

    @staticmethod
    def type_name():
        return "FrameHeader"


def report(message):
    print(json.dumps(message), flush=True)


def create_node():
    config = iox2.config.default()
    config.global_cfg.prefix = iox2.FileName.new(os.environ["IOX2_DEMO_PREFIX"])
    config.global_cfg.root_path = iox2.Path.new(os.environ["IOX2_DEMO_ROOT_PATH"])
    name = iox2.NodeName.new("demo subscriber in Python")
    builder = iox2.NodeBuilder.new().name(name).config(config)
    # The process that started this one decides when it ends.
    return builder.signal_handling_mode(iox2.SignalHandlingMode.Disabled).create(iox2.ServiceType.Ipc)


def mapped_frame(pointer):
    """The data segment that a frame lies in, as the kernel tells it."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        for line in maps:
            fields = line.split()
            start, end = (int(address, 16) for address in fields[0].split("-"))
            if start <= pointer < end:
                place = {"path": fields[5], "address": hex(start), "writable": fields[1][1] == "w"}
                return {**place, "offset": pointer - start + int(fields[2], 16)}
    raise LookupError("the frame is in no mapping")


def is_intact(frame, sequence):
    content = sequence % 251
    return all(byte == content for byte in frame[::STRIDE]) and frame[-1] == content


def receive_all(subscriber):
    place, received, intact, missing, expected = None, 0, 0, 0, 0
    phase, patience = None, time.monotonic_ns() + PATIENCE
    while phase != END:
        sample = subscriber.receive()
        now = time.monotonic_ns()
        if sample is None:
            if now > patience:
                raise TimeoutError("no frame came for a long time")
            continue
        patience = now + PATIENCE
        header = ctypes.cast(sample.user_header_ptr, ctypes.POINTER(FrameHeader)).contents
        frame = (ctypes.c_ubyte * sample.header.number_of_elements).from_address(sample.payload_ptr)
        place = place or mapped_frame(sample.payload_ptr)
        sequence, phase = header.sequence, header.phase
        received += 1
        intact += is_intact(frame, sequence)
        missing += sequence - expected
        expected = sequence + 1
        sample.delete()
    return {
        "runtime": f"Python {platform.python_version()}, iceoryx2 0.10.0",
        "place": place,
        "received": received,
        "checked": received,
        "intact": intact,
        "missing": missing,
    }


def main():
    # All objects are local to this function: what Python still holds when it ends stays behind in /dev/shm.
    node = create_node()
    service = (
        node.service_builder(iox2.ServiceName.new("Demo/Frames"))
        .publish_subscribe(iox2.Slice[ctypes.c_uint8])
        .user_header(FrameHeader)
        .open_or_create()
    )
    subscriber = service.subscriber_builder().name(iox2.PortName.new("screen in Python")).create()
    result = receive_all(subscriber)
    subscriber.delete()
    report(result)


main()
