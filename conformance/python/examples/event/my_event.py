"""The service of the example."""

import iceoryx2 as iox2


def open_service(node):
    """The service, created by whoever comes first."""
    return node.service_builder(iox2.ServiceName.new("MyEventName")).event().open_or_create()
