"""What both programs of the example share: where the service lives."""

import os

import iceoryx2 as iox2

CYCLE_TIME = iox2.Duration.from_secs(1)


def create_node():
    """A node in the domain that the environment names."""
    config = iox2.config.default()
    config.global_cfg.prefix = iox2.FileName.new(os.environ["IOX2_EXAMPLE_PREFIX"])
    config.global_cfg.root_path = iox2.Path.new(os.environ["IOX2_EXAMPLE_ROOT_PATH"])
    return iox2.NodeBuilder.new().config(config).create(iox2.ServiceType.Ipc)


def open_service(node):
    """The service, created by whoever comes first."""
    return node.service_builder(iox2.ServiceName.new("MyEventName")).event().open_or_create()
