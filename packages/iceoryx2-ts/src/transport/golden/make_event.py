"""Writes the golden dumps of events, as `make.py` does for publish-subscribe.

Run it without arguments; it replaces `event-management.hex` and `event-names.json` beside itself and the dump of the
dynamic configuration in `../../service/golden/`.
"""

import datetime

import iceoryx2 as iox2
from make import SERVICE_DIRECTORY, TRANSPORT_DIRECTORY, dump, find, node_to_dump, write_names


def main() -> None:
    """No two figures are equal, so that no two fields can be mistaken for each other."""
    names: dict[str, str] = {}
    with node_to_dump() as node:
        service = (
            node.service_builder(iox2.ServiceName.new("golden"))
            .event()
            .max_listeners(3)
            .max_notifiers(2)
            .max_nodes(4)
            .event_id_max_value(12)
            .deadline(iox2.Duration.from_millis(60_000))
            .create()
        )
        listener = service.listener_builder().name(iox2.PortName.new("back")).create()
        notifier = service.notifier_builder().name(iox2.PortName.new("front")).create()
        for event_id in (3, 3, 7):
            notifier.notify_with_custom_event_id(iox2.EventId.new(event_id))
        names["dynamic"] = find(".dynamic")
        names["event-management"] = find(".event_mgmt")
        dump(SERVICE_DIRECTORY, "event-dynamic", names["dynamic"])
        dump(TRANSPORT_DIRECTORY, "event-management", names["event-management"])
        # Keeps everything until it is dumped.
        for port in (listener, notifier):
            port.delete()
    write_names("event-names", names)


if __name__ == "__main__":
    main()
