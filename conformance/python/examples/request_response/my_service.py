"""Where the service of the example lives."""

import ctypes

import iceoryx2 as iox2

from transmission_data import TransmissionData


def open_service(node):
    """The service, created by whoever comes first."""
    builder = node.service_builder(iox2.ServiceName.new("My/Funk/ServiceName"))
    return builder.request_response(ctypes.c_uint64, TransmissionData).open_or_create()
