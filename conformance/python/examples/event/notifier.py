"""Notifies with another event id every second."""

import iceoryx2 as iox2

from example import CYCLE_TIME, create_node
from my_event import open_service


def main():
    """Ends with the first signal; what it created goes with its variables."""
    node = create_node()
    service = open_service(node)
    notifier = service.notifier_builder().create()
    counter = 0
    try:
        while True:
            node.wait(CYCLE_TIME)
            counter += 1
            notifier.notify_with_custom_event_id(iox2.EventId.new(counter))
            print("Trigger event with id", counter, "...")
    except iox2.NodeWaitFailure:
        print("exit")
    notifier.delete()


main()
