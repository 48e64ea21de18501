"""Waits for the events of several services at once."""

import argparse
import json

import iceoryx2 as iox2

from common import open_service
from example import create_node


def main():
    """Ends with the first signal; what it created goes with its variables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", action="append", default=[])
    services = parser.parse_args().services
    node = create_node()
    waitset = iox2.WaitSetBuilder.new().create(iox2.ServiceType.Ipc)
    attached = []
    for name in services:
        listener = open_service(node, name).listener_builder().create()
        attached.append((name, listener, waitset.attach_notification(listener)))
    print("Waiting on the following services:", json.dumps(services, separators=(",", ":")))
    while True:
        ids, result = waitset.wait_and_process()
        if result in (iox2.WaitSetRunResult.TerminationRequest, iox2.WaitSetRunResult.Interrupt):
            break
        for name, listener, guard in attached:
            if any(attachment.has_event_from(guard) for attachment in ids):
                for event in listener.try_wait():
                    print(f'Received trigger from "{name}" :: EventId({event.id.as_value}), {event.count} times')
    print("exit")
    for _, listener, guard in attached:
        guard.delete()
        listener.delete()


main()
