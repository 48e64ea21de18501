"""Commands of the event pattern."""

import iceoryx2 as iox2

from commands import OBJECTS, command, configure
from payload_types import Bigint


@command
def event(node, name, verb, events=None, settings=None, deadline=None, disable=()):
    """Creates or opens a service.

    events maps builder methods, such as notifier_dead_event, to event ids, settings others to numbers; deadline is in
    milliseconds; disable lists methods without arguments.
    """
    builder = OBJECTS[node].service_builder(iox2.ServiceName.new(name)).event()
    for method, event_id in (events or {}).items():
        builder = getattr(builder, method)(iox2.EventId.new(event_id))
    builder = configure(builder, settings)
    if deadline is not None:
        builder = builder.deadline(iox2.Duration.from_millis(deadline))
    for method in disable:
        builder = getattr(builder, method)()
    return OBJECTS.add(getattr(builder, verb)())


@command
def event_settings(service):
    """What the service was created with."""
    config = OBJECTS[service].static_config
    events = {
        name: None if (event_id := getattr(config, name)) is None else event_id.as_value
        for name in ("notifier_created_event", "notifier_dropped_event", "notifier_dead_event")
    }
    numbers = {
        name: getattr(config, name)
        for name in ("max_notifiers", "max_listeners", "max_nodes", "event_id_max_value")
    }
    return {**events, **numbers, "deadline": _milliseconds(config.deadline)}


@command
def listener(service, name=""):
    """Creates a listener."""
    port = OBJECTS[service].listener_builder().name(iox2.PortName.new(name)).create()
    return OBJECTS.add(port, id=Bigint(port.id.value), deadline=_milliseconds(port.deadline))


@command
def notifier(service, name="", default_event_id=0):
    """Creates a notifier."""
    builder = OBJECTS[service].notifier_builder().name(iox2.PortName.new(name))
    port = builder.default_event_id(iox2.EventId.new(default_event_id)).create()
    return OBJECTS.add(port, id=Bigint(port.id.value), deadline=_milliseconds(port.deadline))


@command
def notify(notifier, event_id=None, times=1):
    """Notifies all listeners; the result is how many there were the last time."""
    port = OBJECTS[notifier]
    notified = 0
    for _ in range(times):
        if event_id is None:
            notified = port.notify()
        else:
            notified = port.notify_with_custom_event_id(iox2.EventId.new(event_id))
    return notified


@command
def try_wait(listener):
    """What was notified since the last time: pairs of event id and count."""
    return _pairs(OBJECTS[listener].try_wait())


@command
def timed_wait(listener, milliseconds):
    """The same, blocking until there is something or the time is over."""
    return _pairs(OBJECTS[listener].timed_wait(iox2.Duration.from_millis(milliseconds)))


@command
def count_events(listener, total):
    """Waits until so many notifications came, and returns how many there were of each event id."""
    port = OBJECTS[listener]
    counts = {}
    while sum(counts.values()) < total:
        for event_id, count in _pairs(port.blocking_wait()):
            counts[event_id] = counts.get(event_id, 0) + count
    return sorted(counts.items())


def _pairs(activations):
    return [[activation.id.as_value, activation.count] for activation in activations]


def _milliseconds(duration):
    return None if duration is None else duration.as_nanos() / 1e6
