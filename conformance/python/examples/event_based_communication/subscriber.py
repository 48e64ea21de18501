"""Receives samples when it is notified of them, and notifies of that."""

import iceoryx2 as iox2
from pub_sub_event import PubSubEvent, create_ports, waits

DEADLINE = iox2.Duration.from_secs(2)


def main():
    """What it created goes with its variables."""
    ports = create_ports()
    subscriber = ports.pubsub.subscriber_builder().create()
    waitset = iox2.WaitSetBuilder.new().create(iox2.ServiceType.Ipc)
    news = waitset.attach_deadline(ports.listener, DEADLINE)
    print("Minimal event-driven subscriber waiting for events...")
    for attachment in waits(waitset):
        if attachment.has_missed_deadline(news):
            print("Contract violation! The subscriber did not receive a message for 2 s.")
            continue
        sent = [event for event in ports.listener.try_wait() if event.id.as_value == PubSubEvent.SentSample]
        while sent and (sample := subscriber.receive()):
            print("received:", sample.payload().contents)
            sample.delete()
            ports.notify(PubSubEvent.ReceivedSample)
    subscriber.delete()
    ports.delete()


main()
