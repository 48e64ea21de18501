"""What both programs of the example share: the service, and messages that grow."""

import ctypes

import iceoryx2 as iox2

LARGEST = 1000000


def open_service(node):
    """The service, created by whoever comes first."""
    run = iox2.Slice[ctypes.c_uint8]
    builder = node.service_builder(iox2.ServiceName.new("example//dynamic_request_response"))
    return builder.request_response(run, run).open_or_create()


def create_port(builder):
    """A port whose memory starts small."""
    return builder.initial_max_slice_len(16).allocation_strategy(iox2.AllocationStrategy.PowerOfTwo).create()


def loan(lender, counter):
    """A message that grows with the counter, and its length."""
    length = min(LARGEST, counter * counter)
    message = lender.loan_slice_uninit(length)
    content = bytes((index + counter) % 255 for index in range(length))
    ctypes.memmove(message.payload_ptr, content, length)
    return message.assume_init(), length
