"""Sends structs that programs in other languages know under the same names."""

import iceoryx2 as iox2
from custom_header import CustomHeader
from example import create_node, cycles
from transmission_data import TransmissionData


def main():
    """What it created goes with its variables."""
    node = create_node()
    builder = node.service_builder(iox2.ServiceName.new("CrossLanguageBasics"))
    service = builder.publish_subscribe(TransmissionData).user_header(CustomHeader).open_or_create()
    publisher = service.publisher_builder().create()
    for counter in cycles(node):
        sample = publisher.loan_uninit()
        sample.user_header().contents.fill(counter)
        sample.write_payload(TransmissionData.of(counter)).send()
        print("Send sample", counter, "...")
    publisher.delete()


main()
