"""Prints the events that it is notified of."""

import signal

import iceoryx2 as iox2

from example import CYCLE_TIME, create_node
from my_event import open_service


def main():
    """Ends with the first signal; what it created goes with its variables."""
    # Without it Python raises an exception of its own as well.
    signal.signal(signal.SIGINT, lambda *_: None)
    node = create_node()
    service = open_service(node)
    listener = service.listener_builder().create()
    print("Listener ready to receive events!")
    try:
        while True:
            for event in listener.timed_wait(CYCLE_TIME):
                print(f"event was triggered with id: EventId({event.id.as_value}) {event.count} times")
    except iox2.ListenerWaitError:
        print("exit")
    listener.delete()


main()
