"""Requires what the service does not have: it is not opened then."""

import ctypes

import iceoryx2 as iox2
from example import create_node


def try_to_open(node, what, required):
    """Prints why it fails."""
    builder = node.service_builder(iox2.ServiceName.new("Service/With/Properties"))
    try:
        builder.publish_subscribe(ctypes.c_uint64).open_with_attributes(required)
    except iox2.PublishSubscribeOpenError as error:
        print(f"{what} -> {error}")


def main():
    """What it created goes with its variables."""
    node = create_node()
    key, value = iox2.AttributeKey.new("camera_resolution"), iox2.AttributeValue.new("3840x2160")
    try_to_open(node, "camera_resolution: 3840x2160", iox2.AttributeVerifier.new().require(key, value))
    key = iox2.AttributeKey.new("camera_type")
    try_to_open(node, "camera_type", iox2.AttributeVerifier.new().require_key(key))


main()
