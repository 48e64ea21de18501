"""Prints, every second, the samples that came."""

import iceoryx2 as iox2

from transmission_data import CYCLE_TIME, create_node, open_service


def main():
    """Ends with the first signal; what it created goes with its variables."""
    node = create_node()
    service = open_service(node)
    subscriber = service.subscriber_builder().create()
    try:
        while True:
            node.wait(CYCLE_TIME)
            while (sample := subscriber.receive()) is not None:
                print("received:", sample.payload().contents)
                sample.delete()
    except iox2.NodeWaitFailure:
        print("exit")
    subscriber.delete()


main()
