"""Commands of the event pattern."""

import iceoryx2 as iox2

from commands import OBJECTS, command
from payload_types import Bigint


@command
def event(node, name, verb, events=None):
    """Creates or opens a service; events maps builder methods, such as notifier_dead_event, to event ids."""
    builder = OBJECTS[node].service_builder(iox2.ServiceName.new(name)).event()
    for method, event_id in (events or {}).items():
        builder = getattr(builder, method)(iox2.EventId.new(event_id))
    return OBJECTS.add(getattr(builder, verb)())


@command
def listener(service):
    """Creates a listener."""
    port = OBJECTS[service].listener_builder().create()
    return OBJECTS.add(port, id=Bigint(port.id.value))


@command
def notifier(service):
    """Creates a notifier."""
    port = OBJECTS[service].notifier_builder().create()
    return OBJECTS.add(port, id=Bigint(port.id.value))


@command
def try_wait(listener):
    """What was notified since the last time: pairs of event id and count."""
    return [[activation.id.as_value, activation.count] for activation in OBJECTS[listener].try_wait()]
