"""Prints the samples that come."""

import iceoryx2 as iox2
from example import create_node, received
from transmission_data import TransmissionData


def main():
    """What it created goes with its variables."""
    node = create_node()
    name = iox2.ServiceName.new("My/Funk/ServiceName")
    service = node.service_builder(name).publish_subscribe(TransmissionData).open_or_create()
    subscriber = service.subscriber_builder().create()
    for sample in received(node, subscriber):
        print("received:", sample.payload().contents)
    subscriber.delete()


main()
