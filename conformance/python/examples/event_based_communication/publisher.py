"""Sends a sample every second, notifies of it, and waits for the news of subscribers meanwhile."""

import iceoryx2 as iox2
from pub_sub_event import PubSubEvent, create_ports, waits
from transmission_data import TransmissionData


def main():
    """What it created goes with its variables."""
    ports = create_ports()
    publisher = ports.pubsub.publisher_builder().create()
    waitset = iox2.WaitSetBuilder.new().create(iox2.ServiceType.Ipc)
    tick = waitset.attach_interval(iox2.Duration.from_secs(1))
    news = waitset.attach_notification(ports.listener)
    counter = 0
    for attachment in waits(waitset):
        if attachment.has_event_from(tick):
            counter += 1
            publisher.loan_uninit().write_payload(TransmissionData.of(counter)).send()
            ports.notify(PubSubEvent.SentSample)
            print("send:", counter)
        elif attachment.has_event_from(news):
            for event in ports.listener.try_wait():
                if event.id.as_value == PubSubEvent.ReceivedSample:
                    print("subscriber consumed sample")
    publisher.delete()
    ports.delete()


main()
