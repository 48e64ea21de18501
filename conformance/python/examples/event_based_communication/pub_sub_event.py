"""What both programs of the example share: the event ids, and their two services of one name."""

import os
import signal
from enum import IntEnum

import iceoryx2 as iox2
from example import create_node
from transmission_data import TransmissionData


class PubSubEvent(IntEnum):
    """What publishers and subscribers tell each other."""

    SentSample = 4
    ReceivedSample = 5


class Ports:
    """The services, and the ports for events."""

    def __init__(self):
        # Without it Python raises an exception of its own as well.
        signal.signal(signal.SIGINT, lambda *_: None)
        self._node = create_node()
        name = iox2.ServiceName.new(os.environ.get("IOX2_SERVICE_NAME", "My/Funk/ServiceName"))
        self.pubsub = self._node.service_builder(name).publish_subscribe(TransmissionData).open_or_create()
        self._event = self._node.service_builder(name).event().open_or_create()
        self._notifier = self._event.notifier_builder().create()
        self.listener = self._event.listener_builder().create()

    def notify(self, event):
        """Tells everybody."""
        self._notifier.notify_with_custom_event_id(iox2.EventId.new(int(event)))

    def delete(self):
        """Gives the ports up."""
        self._notifier.delete()
        self.listener.delete()


def create_ports():
    """Both services, created by whoever comes first."""
    return Ports()


def waits(waitset):
    """What the wait set reports, until a signal comes."""
    while True:
        attachments, result = waitset.wait_and_process()
        if result in (iox2.WaitSetRunResult.TerminationRequest, iox2.WaitSetRunResult.Interrupt):
            break
        yield from attachments
    print("exit")
