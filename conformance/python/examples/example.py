"""What all examples do: they live in the domain that the environment names, until the first signal."""

import itertools
import os

import iceoryx2 as iox2

# Shorter than upstream's, for tests do not like to wait.
CYCLE_TIME = iox2.Duration.from_millis(100)


def create_config(prefix=None):
    """The configuration of the domain that the environment names, or of the one beside it with that prefix."""
    config = iox2.config.default()
    config.global_cfg.prefix = iox2.FileName.new(prefix or os.environ["IOX2_EXAMPLE_PREFIX"])
    config.global_cfg.root_path = iox2.Path.new(os.environ["IOX2_EXAMPLE_ROOT_PATH"])
    seconds = int(os.environ["IOX2_EXAMPLE_CREATION_TIMEOUT"])
    config.global_cfg.creation_timeout = iox2.Duration.from_secs(seconds)
    return config


def create_node(prefix=None):
    """A node in the domain of `create_config`."""
    return iox2.NodeBuilder.new().config(create_config(prefix)).create(iox2.ServiceType.Ipc)


def cycles(node):
    """Counts cycles from 1 on, until the first signal."""
    try:
        for counter in itertools.count(1):
            node.wait(CYCLE_TIME)
            yield counter
    except iox2.NodeWaitFailure:
        print("exit")


def received(node, subscriber):
    """The samples that come, until the first signal. Each is released when the next one is asked for."""
    print("Subscriber ready to receive data!")
    for _ in cycles(node):
        while (sample := subscriber.receive()) is not None:
            yield sample
            sample.delete()
