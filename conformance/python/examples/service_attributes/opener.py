"""Opens a service that must have certain attributes."""

import ctypes

import iceoryx2 as iox2
from example import create_node, received


def main():
    """What it created goes with its variables."""
    required = (
        iox2.AttributeVerifier.new()
        .require(iox2.AttributeKey.new("camera_resolution"), iox2.AttributeValue.new("1920x1080"))
        .require_key(iox2.AttributeKey.new("dds_service_mapping"))
    )
    node = create_node()
    builder = node.service_builder(iox2.ServiceName.new("Service/With/Properties"))
    service = builder.publish_subscribe(ctypes.c_uint64).open_with_attributes(required)
    subscriber = service.subscriber_builder().create()
    print("defined service attributes:", service.attributes)
    for sample in received(node, subscriber):
        print("received:", sample.payload().contents.value)
    subscriber.delete()


main()
