"""Sends samples with a header of its own in front of the payload."""

import ctypes

import iceoryx2 as iox2
from custom_header import CustomHeader
from example import create_node, cycles


def main():
    """What it created goes with its variables."""
    node = create_node()
    builder = node.service_builder(iox2.ServiceName.new("ServiceWithUserHeader"))
    service = builder.publish_subscribe(ctypes.c_uint64).user_header(CustomHeader).open_or_create()
    publisher = service.publisher_builder().create()
    for counter in cycles(node):
        sample = publisher.loan_uninit()
        sample.user_header().contents.fill(counter)
        sample.write_payload(ctypes.c_uint64(counter)).send()
        print("Send sample", counter, "...")
    publisher.delete()


main()
