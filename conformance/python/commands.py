"""The dispatch table of the peer and the objects that its commands created."""

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
