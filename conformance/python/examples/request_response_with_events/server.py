"""Sleeps until a client wakes it, and wakes clients for their responses."""

import signal

import iceoryx2 as iox2

from example import CYCLE_TIME, create_node
from services import open_events, open_service
from transmission_data import TransmissionData


def main():
    """Ends with the first signal; what it created goes with its variables."""
    stops = []
    signal.signal(signal.SIGINT, lambda *_: stops.append(True))
    node = create_node()
    listener = open_events(node, "server").listener_builder().create()
    notifier = open_events(node, "client").notifier_builder().create()
    server = open_service(node).server_builder().create()
    print("Server ready to receive requests!")
    try:
        while not stops:
            # It never looks unless it was woken.
            if not listener.timed_wait(CYCLE_TIME):
                continue
            while (request := server.receive()) is not None:
                value = request.payload().contents.value
                print(f"received request: {value}")
                request.send_copy(TransmissionData.of(value))
                # Python cannot notify a single listener.
                notifier.notify()
                request.delete()
    except iox2.ListenerWaitError:
        pass
    print("exit")
    for port in (listener, notifier, server):
        port.delete()


main()
