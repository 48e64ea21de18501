"""Prints what publishers of any language send."""

import iceoryx2 as iox2
from custom_header import CustomHeader
from example import create_node, received
from transmission_data import TransmissionData


def main():
    """What it created goes with its variables."""
    node = create_node()
    builder = node.service_builder(iox2.ServiceName.new("CrossLanguageBasics"))
    service = builder.publish_subscribe(TransmissionData).user_header(CustomHeader).open_or_create()
    subscriber = service.subscriber_builder().create()
    for sample in received(node, subscriber):
        payload, user_header = sample.payload().contents, sample.user_header().contents
        print(f"received: {payload}, user_header: {user_header}")
    subscriber.delete()


main()
