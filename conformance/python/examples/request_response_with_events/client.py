"""Wakes servers for its requests, and sleeps until one wakes it for the response."""

import ctypes
import signal
import time

import iceoryx2 as iox2

from example import CYCLE_TIME, create_node
from services import open_events, open_service

# Nobody takes so many seconds to answer.
PATIENCE = 30


def call(client, listener, notifier, value):
    """Sends a request and prints the first response."""
    request = client.loan_uninit().write_payload(ctypes.c_uint64(value))
    listener_id = listener.id.value
    request.user_header().contents.low = listener_id & (2**64 - 1)
    request.user_header().contents.high = listener_id >> 64
    pending = request.send()
    notifier.notify()
    deadline = time.monotonic() + PATIENCE
    while (response := pending.receive()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError("nobody woke the client")
        # Returns without an event also when an earlier wait has taken what this wake-up was for.
        listener.timed_wait(iox2.Duration.from_secs(PATIENCE))
    print(f"received response {value}: {response.payload().contents}")
    response.delete()
    pending.delete()


def main():
    """Ends with the first signal; what it created goes with its variables."""
    stops = []
    signal.signal(signal.SIGINT, lambda *_: stops.append(True))
    node = create_node()
    notifier = open_events(node, "server").notifier_builder().create()
    listener = open_events(node, "client").listener_builder().create()
    client = open_service(node).client_builder().create()
    try:
        for value in range(3):
            call(client, listener, notifier, value)
        while not stops:
            listener.timed_wait(CYCLE_TIME)
    except iox2.ListenerWaitError:
        pass
    print("exit")
    for port in (notifier, listener, client):
        port.delete()


main()
