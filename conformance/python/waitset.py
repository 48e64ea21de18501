"""Commands of the WaitSet."""

import iceoryx2 as iox2

from commands import OBJECTS, command


@command
def waitset():
    """Creates a wait set; what is attached is told apart by the order of attaching."""
    created = iox2.WaitSetBuilder.new().create(iox2.ServiceType.Ipc)
    return OBJECTS.add(created, context=[])


@command
def waitset_attach(waitset, listener=None, deadline=None, interval=None):
    """Attaches a listener, with a deadline or without, or an interval; times are in milliseconds."""
    target = OBJECTS[waitset]
    if listener is None:
        guard = target.attach_interval(iox2.Duration.from_millis(interval))
    elif deadline is None:
        guard = target.attach_notification(OBJECTS[listener])
    else:
        guard = target.attach_deadline(OBJECTS[listener], iox2.Duration.from_millis(deadline))
    guards = OBJECTS.context(waitset)
    guards.append(guard)
    return len(guards) - 1


@command
def waitset_wait(waitset, timeout):
    """One round, at most so many milliseconds: pairs of what happened and to what, and the result."""
    duration = iox2.Duration.from_millis(timeout)
    ids, result = OBJECTS[waitset].wait_and_process_with_timeout(duration)
    reports = []
    for index, guard in enumerate(OBJECTS.context(waitset)):
        for attachment in ids:
            if attachment.has_missed_deadline(guard):
                reports.append(["missedDeadline", index])
            elif attachment.has_event_from(guard):
                reports.append(["event", index])
    return {"reports": reports, "result": str(result).rpartition(".")[2]}


@command
def waitset_detach(waitset):
    """Releases all guards."""
    guards = OBJECTS.context(waitset)
    while guards:
        guards.pop().delete()
