"""The publisher of publish_subscribe in a domain of its own: `publisher.py <domain> <service>`."""

import sys

import iceoryx2 as iox2
from example import create_node, cycles
from transmission_data import TransmissionData


def main(domain, service_name):
    """What it created goes with its variables."""
    node = create_node(prefix=domain)
    name = iox2.ServiceName.new(service_name)
    service = node.service_builder(name).publish_subscribe(TransmissionData).open_or_create()
    publisher = service.publisher_builder().create()
    for counter in cycles(node):
        publisher.send_copy(TransmissionData.of(counter))
        print(f'[domain: "{domain}", service: "{service_name}"] Send sample {counter} ...')
    publisher.delete()


main(*sys.argv[1:])
