"""The services of the example: one for the data and two to wake each other."""

import ctypes

import iceoryx2 as iox2

from transmission_data import TransmissionData

NAME = "example/request_response_with_events"


class ListenerId(ctypes.Structure):
    """Whom to wake about the responses to a request."""

    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]

    @staticmethod
    def type_name():
        """The name that makes it the same type in every language."""
        return "u128"


def open_service(node):
    """The service, created by whoever comes first."""
    builder = node.service_builder(iox2.ServiceName.new(NAME))
    builder = builder.request_response(ctypes.c_uint64, TransmissionData)
    return builder.request_header(ListenerId).open_or_create()


def open_events(node, side):
    """The service where servers or clients listen."""
    return node.service_builder(iox2.ServiceName.new(f"{NAME}/{side}")).event().open_or_create()
