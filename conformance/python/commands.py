"""The dispatch table of the peer, the objects that its commands created and what all patterns have in common."""

import iceoryx2 as iox2

from payload_types import Bigint

COMMANDS = {}


def command(function):
    """Makes a function callable from the other side under its own name."""
    COMMANDS[function.__name__] = function
    return function


class Objects:
    """Objects of iceoryx2 by handle, in the order of their creation."""

    def __init__(self):
        self._next = 1
        self._objects = {}

    def __getitem__(self, handle):
        return self._objects[handle][0]

    def context(self, handle):
        """What was stored beside the object and is nobody else's business, such as its payload type."""
        return self._objects[handle][1]

    def add(self, value, context=None, **facts):
        """Stores an object; the result is what the other side gets: its handle and the given facts."""
        handle = self._next
        self._next += 1
        self._objects[handle] = (value, context)
        return {"handle": handle, **facts}

    def take(self, handle):
        """Forgets an object that something else consumes, such as a loan that is sent."""
        return self._objects.pop(handle)[0]

    def drop(self, handle):
        """Destroys an object. Ports and samples have `delete`; nodes and services end with their last reference."""
        value, _ = self._objects.pop(handle)
        if hasattr(value, "delete"):
            value.delete()

    def handles(self):
        """Every living handle, the oldest first."""
        return list(self._objects)


OBJECTS = Objects()


def configure(builder, options):
    """Calls one builder method per option: {"history_size": 3} becomes builder.history_size(3)."""
    for name, value in (options or {}).items():
        builder = getattr(builder, name)(value)
    return builder


def finish(builder, verb, pairs):
    """Executes the verb of a service builder: create, open or open_or_create.

    `pairs` are attributes: what the service shall have for create, what it must have otherwise; None for none.
    """
    if pairs is None:
        return getattr(builder, verb)()
    creates = verb == "create"
    attributes = iox2.AttributeSpecifier.new() if creates else iox2.AttributeVerifier.new()
    for key, value in pairs:
        add = attributes.define if creates else attributes.require
        attributes = add(iox2.AttributeKey.new(key), iox2.AttributeValue.new(value))
    return getattr(builder, f"{verb}_with_attributes")(attributes)


def alignments(options):
    """Options in which numbers of bytes are alignments where their names say so."""
    return {
        name: iox2.Alignment.new(value) if name.endswith("payload_alignment") else value
        for name, value in (options or {}).items()
    }


_ENUMERATIONS = {
    "allocation_strategy": iox2.AllocationStrategy,
    "backpressure_strategy": iox2.BackpressureStrategy,
}


def create_port(builder, options, context):
    """Creates a port with options that map upstream's builder methods to values."""
    values = {
        name: getattr(_ENUMERATIONS[name], value) if name in _ENUMERATIONS else value
        for name, value in (options or {}).items()
    }
    if "name" in values:
        values["name"] = iox2.PortName.new(values["name"])
    port = configure(builder, values).create()
    return OBJECTS.add(port, context, id=Bigint(port.id.value))
