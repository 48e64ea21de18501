"""Writes the golden documents: what a real peer (`pip install iceoryx2==0.10.0`) stores for its node and services.

Run it without arguments; it replaces the `*.toml` files beside itself and in `../../node/golden/`.
"""

import ctypes
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator

import iceoryx2 as iox2

SERVICE_DIRECTORY = os.path.dirname(os.path.abspath(__file__))
NODE_DIRECTORY = os.path.join(SERVICE_DIRECTORY, "..", "..", "node", "golden")
PREFIX = "golden_"

ODD_NAMES = {
    "quotes": 'say "hello"',
    "apostrophe": "it's",
    "both-quotes": "\"it's\" '''\"\"\"",
    "newlines": "\nfirst\nsecond\r\nthird\n",
    "tab": "left\tright",
    "backslash": "C:\\temp\\new",
    "controls": "\x01\x08\x0b\x0c\x1b\x1f\x7f",
    "spaces": "  leading and trailing  ",
    "longest": "x" * 255,
}


class TransmissionData(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int32), ("y", ctypes.c_int32), ("funky", ctypes.c_double)]

    @staticmethod
    def type_name() -> str:
        return "TransmissionData"


class BlackboardKey(ctypes.Structure):
    _fields_ = [("a", ctypes.c_uint64), ("b", ctypes.c_uint8)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BlackboardKey) and (self.a, self.b) == (other.a, other.b)


def attributes(*pairs: tuple[str, str]) -> iox2.AttributeSpecifier:
    specifier = iox2.AttributeSpecifier.new()
    for key, value in pairs:
        specifier = specifier.define(iox2.AttributeKey.new(key), iox2.AttributeValue.new(value))
    return specifier


def services(node: iox2.Node) -> Iterator[tuple[str, object]]:
    """Every service with the name of its golden file. The custom ones differ from the defaults in every value."""

    def service(name: str) -> iox2.ServiceBuilder:
        return node.service_builder(iox2.ServiceName.new(name))

    common_name = "My/Funk/ServiceName"
    yield "publish-subscribe", service(common_name).publish_subscribe(ctypes.c_uint64).create()
    yield "event", service(common_name).event().create()
    yield "request-response", service(common_name).request_response(ctypes.c_uint64, TransmissionData).create()
    yield "blackboard", (
        service(common_name)
        .blackboard_creator(BlackboardKey)
        .max_readers(3)
        .max_nodes(5)
        .add(BlackboardKey(), ctypes.c_uint32(4))
        .create_with_attributes(attributes(("kind", "board")))
    )
    yield "publish-subscribe-custom", (
        service("Camera/Front")
        .publish_subscribe(iox2.Slice[TransmissionData])
        .user_header(TransmissionData)
        .payload_alignment(iox2.Alignment.new(64))
        .max_publishers(3)
        .max_subscribers(5)
        .max_nodes(7)
        .history_size(11)
        .subscriber_max_buffer_size(13)
        .subscriber_max_borrowed_samples(17)
        .enable_safe_overflow(False)
        .create_with_attributes(
            attributes(("zone", "rear"), ("dds", "reliable"), ("zone", "front"), ("q\"uo'te", "a\\b\nc\td\x7f"))
        )
    )
    yield "event-custom", (
        service("alarms")
        .event()
        .max_notifiers(3)
        .max_listeners(5)
        .max_nodes(7)
        .event_id_max_value(4096)
        .deadline(iox2.Duration.from_nanos(1_500_000_001))
        .notifier_created_event(iox2.EventId.new(4))
        .notifier_dropped_event(iox2.EventId.new(5))
        .notifier_dead_event(iox2.EventId.new(6))
        .create_with_attributes(attributes(("priority", "high")))
    )
    yield "request-response-custom", (
        service("calculator")
        .request_response(iox2.Slice[ctypes.c_uint8], iox2.Slice[ctypes.c_uint16])
        .request_header(TransmissionData)
        .response_header(ctypes.c_uint32)
        .request_payload_alignment(iox2.Alignment.new(32))
        .enable_safe_overflow_for_requests(False)
        .enable_safe_overflow_for_responses(False)
        .enable_fire_and_forget_requests(False)
        .max_active_requests_per_client(3)
        .max_loaned_requests(5)
        .max_response_buffer_size(7)
        .max_servers(9)
        .max_clients(11)
        .max_nodes(13)
        .max_borrowed_responses_per_pending_response(15)
        .create_with_attributes(attributes(("dialect", "v2")))
    )
    for file, name in ODD_NAMES.items():
        yield f"name-{file}", service(name).publish_subscribe(ctypes.c_uint8).create()


def write_services(config: iox2.config.Config, root: str) -> None:
    node = iox2.NodeBuilder.new().config(config).create(iox2.ServiceType.Ipc)
    for file, service in services(node):
        document = read(f"{root}/services/{PREFIX}{service.service_hash.as_str}.service")
        write(SERVICE_DIRECTORY, file, document)


def write_node_details(config: iox2.config.Config, root: str, file: str, name: str) -> None:
    node = iox2.NodeBuilder.new().config(config).name(iox2.NodeName.new(name)).create(iox2.ServiceType.Ipc)
    document = read(f"{root}/nodes/{node.id.value}/{PREFIX}node.details")
    # The root path is a temporary directory: a second run must make the same file.
    write(NODE_DIRECTORY, file, document.replace(root, "/tmp/golden"))


def customize(config: iox2.config.Config) -> None:
    event = config.defaults.event
    event.deadline = iox2.Duration.from_nanos(2_000_000_003)
    event.notifier_created_event = 1
    event.notifier_dropped_event = 2
    event.notifier_dead_event = 3
    config.defaults.publish_subscribe.max_subscribers = 21
    config.defaults.publish_subscribe.backpressure_strategy = iox2.BackpressureStrategy.DiscardData
    config.global_cfg.creation_timeout = iox2.Duration.from_millis(1250)
    config.global_cfg.node.cleanup_dead_nodes_on_destruction = False


def read(path: str) -> str:
    # newline="" keeps carriage returns: a golden file holds exactly what the peer wrote.
    with open(path, newline="") as file:
        return file.read()


def write(directory: str, file: str, document: str) -> None:
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, f"{file}.toml"), "w", newline="") as golden:
        golden.write(document)


def main() -> None:
    root = tempfile.mkdtemp(prefix="iox2_golden_")
    config = iox2.config.default()
    config.global_cfg.root_path = iox2.Path.new(root)
    config.global_cfg.prefix = iox2.FileName.new(PREFIX)
    try:
        write_services(config, root)
        write_node_details(config, root, "unnamed", "")
        customize(config)
        write_node_details(config, root, "custom", "odd \"node\" 'name'\twith\\everything\n")
    finally:
        shutil.rmtree(root, ignore_errors=True)
        for leftover in glob.glob(f"/dev/shm/{PREFIX}*"):
            os.remove(leftover)


if __name__ == "__main__":
    main()
