"""Notifies a service every second."""

import argparse

import iceoryx2 as iox2

from common import open_service
from example import create_node


def main():
    """Ends with the first signal; what it created goes with its variables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--service", required=True)
    parser.add_argument("--event-id", type=int, default=0)
    args = parser.parse_args()
    node = create_node()
    notifier = open_service(node, args.service).notifier_builder().create()
    try:
        while True:
            node.wait(iox2.Duration.from_secs(1))
            notifier.notify_with_custom_event_id(iox2.EventId.new(args.event_id))
            print(f'[service: "{args.service}"] Trigger event ...')
    except iox2.NodeWaitFailure:
        print("exit")
    notifier.delete()


main()
