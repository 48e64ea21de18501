"""Prints how long the slices are that come."""

import ctypes

import iceoryx2 as iox2
from example import create_node, received


def main():
    """What it created goes with its variables."""
    node = create_node()
    name = iox2.ServiceName.new("Service With Dynamic Data")
    service = node.service_builder(name).publish_subscribe(iox2.Slice[ctypes.c_uint8]).open_or_create()
    subscriber = service.subscriber_builder().create()
    for sample in received(node, subscriber):
        print("received", sample.payload().len(), "bytes")
    subscriber.delete()


main()
