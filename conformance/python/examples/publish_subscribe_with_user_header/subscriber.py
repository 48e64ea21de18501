"""Prints the samples that come, with their headers."""

import ctypes

import iceoryx2 as iox2
from custom_header import CustomHeader
from example import create_node, received


def main():
    """What it created goes with its variables."""
    node = create_node()
    builder = node.service_builder(iox2.ServiceName.new("ServiceWithUserHeader"))
    service = builder.publish_subscribe(ctypes.c_uint64).user_header(CustomHeader).open_or_create()
    subscriber = service.subscriber_builder().create()
    for sample in received(node, subscriber):
        payload, user_header = sample.payload().contents, sample.user_header().contents
        print(f"received: {payload.value}, user_header: {user_header}")
    subscriber.delete()


main()
