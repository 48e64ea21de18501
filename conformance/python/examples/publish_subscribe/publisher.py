"""Sends samples."""

import iceoryx2 as iox2
from example import create_node, cycles
from transmission_data import TransmissionData


def main():
    """What it created goes with its variables."""
    node = create_node()
    name = iox2.ServiceName.new("My/Funk/ServiceName")
    service = node.service_builder(name).publish_subscribe(TransmissionData).open_or_create()
    publisher = service.publisher_builder().create()
    for counter in cycles(node):
        publisher.loan_uninit().write_payload(TransmissionData.of(counter)).send()
        print("Send sample", counter, "...")
    publisher.delete()


main()
