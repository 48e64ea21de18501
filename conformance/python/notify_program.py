"""The notifier of the stress test in Python, see ../event-stress/notifier.ts."""

import json
import random
import sys

import iceoryx2 as iox2

SERVICE = "stress"
START_SERVICE = "stress/start"
IDS_PER_NOTIFIER = 5
STRETCH = 500
PAUSES = [0, 3, 30, 200]


def main():
    settings = json.loads(sys.argv[1])
    config = iox2.config.default()
    config.global_cfg.prefix = iox2.FileName.new(settings["prefix"])
    config.global_cfg.root_path = iox2.Path.new(settings["rootPath"])
    node = iox2.NodeBuilder.new().config(config).create(iox2.ServiceType.Ipc)
    start_service = node.service_builder(iox2.ServiceName.new(START_SERVICE)).event().open_or_create()
    start = start_service.listener_builder().create()
    service = node.service_builder(iox2.ServiceName.new(SERVICE)).event().open()
    notifier = service.notifier_builder().create()
    ids = [iox2.EventId.new(settings["firstId"] + i) for i in range(IDS_PER_NOTIFIER)]
    source = random.Random(settings["seed"])
    start.blocking_wait()
    longest = 0
    for i in range(settings["notifies"]):
        if i % STRETCH == 0:
            longest = source.choice(PAUSES)
        notifier.notify_with_custom_event_id(ids[i % IDS_PER_NOTIFIER])
        for _ in range(int(source.random() * longest)):
            pass
    notifier.delete()
    start.delete()


if __name__ == "__main__":
    main()
