"""Writes the golden dumps: the shared memory of a real peer (`pip install iceoryx2==0.10.0`) as hex text.

Run it without arguments; it replaces the `*.hex` files and `names.json` beside itself and the dump of the dynamic
configuration in `../../service/golden/`. The names keep the ids of the run, which the dumps contain as well.
"""

import contextlib
import ctypes
import glob
import json
import os
import shutil
import tempfile
from collections.abc import Iterator

import iceoryx2 as iox2

TRANSPORT_DIRECTORY = os.path.dirname(os.path.abspath(__file__))
SERVICE_DIRECTORY = os.path.join(TRANSPORT_DIRECTORY, "..", "..", "service", "golden")
SHARED_MEMORY = "/dev/shm"
PREFIX = "golden_memory_"
BYTES_PER_LINE = 32


class TransmissionData(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int32), ("y", ctypes.c_int32), ("funky", ctypes.c_double)]

    @staticmethod
    def type_name() -> str:
        return "TransmissionData"


def dump(directory: str, file: str, name: str) -> None:
    with open(os.path.join(SHARED_MEMORY, name), "rb") as memory:
        content = memory.read()
    lines = [content[i : i + BYTES_PER_LINE].hex() for i in range(0, len(content), BYTES_PER_LINE)]
    with open(os.path.join(directory, f"{file}.hex"), "w") as golden:
        golden.write("\n".join(lines) + "\n")


def find(suffix: str) -> str:
    [path] = glob.glob(os.path.join(SHARED_MEMORY, f"{PREFIX}*{suffix}"))
    return os.path.basename(path)


def publish_subscribe(node: iox2.Node, names: dict[str, str]) -> None:
    """No two of the figures are equal, so that no two fields can be mistaken for each other."""
    service = (
        node.service_builder(iox2.ServiceName.new("golden"))
        .publish_subscribe(TransmissionData)
        .max_subscribers(3)
        .max_publishers(2)
        .max_nodes(4)
        .history_size(7)
        .subscriber_max_buffer_size(8)
        .subscriber_max_borrowed_samples(5)
        .create()
    )
    subscriber = service.subscriber_builder().buffer_size(6).create()
    publisher = service.publisher_builder().name(iox2.PortName.new("front")).max_loaned_samples(9).create()
    for i in range(8):
        publisher.send_copy(TransmissionData(x=i, y=10 * i, funky=0.5 * i))
    # Two evictions so far; one sample goes back to the publisher, one is kept.
    subscriber.receive().delete()
    kept = subscriber.receive()
    publisher.send_copy(TransmissionData(x=8, y=80, funky=4.0))
    publisher.send_copy(TransmissionData(x=9, y=90, funky=4.5))
    names["dynamic"] = find(".dynamic")
    names["data"] = find(".data")
    names["connection"] = find(".connection")
    dump(SERVICE_DIRECTORY, "publish-subscribe-dynamic", names["dynamic"])
    dump(TRANSPORT_DIRECTORY, "data", names["data"])
    dump(TRANSPORT_DIRECTORY, "connection", names["connection"])
    # Keeps the sample until everything is dumped.
    kept.delete()


def aligned(node: iox2.Node, names: dict[str, str]) -> None:
    """Chunks that are aligned to more than the header of the segment is."""
    service = (
        node.service_builder(iox2.ServiceName.new("aligned"))
        .publish_subscribe(ctypes.c_uint64 * 32)
        .payload_alignment(iox2.Alignment.new(64))
        .create()
    )
    publisher = service.publisher_builder().create()
    names["aligned-data"] = find(f"_{port_id(publisher)}.data")
    dump(TRANSPORT_DIRECTORY, "aligned-data", names["aligned-data"])


def port_id(port: object) -> int:
    return int(port.id.value)


@contextlib.contextmanager
def node_to_dump() -> Iterator[iox2.Node]:
    """A node in a domain of its own, of which nothing is left."""
    root = tempfile.mkdtemp(prefix="iox2_golden_")
    config = iox2.config.default()
    config.global_cfg.root_path = iox2.Path.new(root)
    config.global_cfg.prefix = iox2.FileName.new(PREFIX)
    try:
        yield iox2.NodeBuilder.new().config(config).create(iox2.ServiceType.Ipc)
    finally:
        shutil.rmtree(root, ignore_errors=True)
        for leftover in glob.glob(f"{SHARED_MEMORY}/{PREFIX}*"):
            os.remove(leftover)


def write_names(file: str, names: dict[str, str]) -> None:
    with open(os.path.join(TRANSPORT_DIRECTORY, f"{file}.json"), "w") as target:
        target.write(json.dumps(names, indent=2) + "\n")


def main() -> None:
    names: dict[str, str] = {}
    with node_to_dump() as node:
        publish_subscribe(node, names)
        aligned(node, names)
        names["global-management"] = find(".global_mgmt")
        dump(TRANSPORT_DIRECTORY, "global-management", names["global-management"])
    write_names("names", names)


if __name__ == "__main__":
    main()
