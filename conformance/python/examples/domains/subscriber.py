"""The subscriber of publish_subscribe in a domain of its own: `subscriber.py <domain> <service>`."""

import sys

import iceoryx2 as iox2
from example import create_node, received
from transmission_data import TransmissionData


def main(domain, service_name):
    """What it created goes with its variables."""
    node = create_node(prefix=domain)
    name = iox2.ServiceName.new(service_name)
    service = node.service_builder(name).publish_subscribe(TransmissionData).open_or_create()
    subscriber = service.subscriber_builder().create()
    print(f'subscribed to: [domain: "{domain}", service: "{service_name}"]')
    for sample in received(node, subscriber):
        print("received:", sample.payload().contents)
    subscriber.delete()


main(*sys.argv[1:])
