"""Creates a service with attributes: what everybody who opens it can read and insist on."""

import ctypes

import iceoryx2 as iox2
from example import create_node, cycles

ATTRIBUTES = {
    "dds_service_mapping": "my_funky_service_name",
    "tcp_serialization_format": "cdr",
    "someip_service_mapping": "1/2/3",
    "camera_resolution": "1920x1080",
}


def main():
    """What it created goes with its variables."""
    attributes = iox2.AttributeSpecifier.new()
    for key, value in ATTRIBUTES.items():
        attributes = attributes.define(iox2.AttributeKey.new(key), iox2.AttributeValue.new(value))
    node = create_node()
    builder = node.service_builder(iox2.ServiceName.new("Service/With/Properties"))
    service = builder.publish_subscribe(ctypes.c_uint64).create_with_attributes(attributes)
    publisher = service.publisher_builder().create()
    print("defined service attributes:", service.attributes)
    for _ in cycles(node):
        publisher.send_copy(ctypes.c_uint64(0))
    publisher.delete()


main()
