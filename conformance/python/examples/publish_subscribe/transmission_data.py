"""What both programs of the example share: the type of the samples and where the service lives."""

import ctypes
import os

import iceoryx2 as iox2

SERVICE_NAME = "My/Funk/ServiceName"
CYCLE_TIME = iox2.Duration.from_secs(1)


class TransmissionData(ctypes.Structure):
    """The payload."""

    _fields_ = [("x", ctypes.c_int32), ("y", ctypes.c_int32), ("funky", ctypes.c_double)]

    def __str__(self):
        return f"TransmissionData {{ x: {self.x}, y: {self.y}, funky: {self.funky} }}"

    @staticmethod
    def type_name():
        """The name that makes it the same type in every language."""
        return "TransmissionData"


def create_node():
    """A node in the domain that the environment names."""
    config = iox2.config.default()
    config.global_cfg.prefix = iox2.FileName.new(os.environ["IOX2_EXAMPLE_PREFIX"])
    config.global_cfg.root_path = iox2.Path.new(os.environ["IOX2_EXAMPLE_ROOT_PATH"])
    return iox2.NodeBuilder.new().config(config).create(iox2.ServiceType.Ipc)


def open_service(node):
    """The service, created by whoever comes first."""
    name = iox2.ServiceName.new(SERVICE_NAME)
    return node.service_builder(name).publish_subscribe(TransmissionData).open_or_create()
