"""A peer for the conformance tests: one command per line of JSON on stdin, one line on stdout for its answer.

Request {"command": name, ...arguments}; response {"result": value} or {"error": class, "code": variant,
"message": text}. What has no exact JSON form travels marked: 64-bit and larger integers as {"$bigint": "5"}, bytes
as {"$bytes": hex}. Objects of iceoryx2 stay here; the other side names them by the handle that created them.

To support another messaging pattern, add a module with its commands and import it below.
"""

import gc
import os
import sys

import iceoryx2 as iox2

from commands import COMMANDS, OBJECTS, command
from payload_types import Bigint, from_line, to_line
import discovery  # noqa: F401  (likewise)
import events  # noqa: F401  (likewise)
import life  # noqa: F401  (being imported enters its commands into the table)
import publish_subscribe  # noqa: F401  (likewise)
import request_response  # noqa: F401  (likewise)
import waitset  # noqa: F401  (likewise)

# The wheel's log goes to stdout. Only our answers may: they keep the real descriptor, the log gets stderr.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


@command
def describe():
    """Which process and which release answers."""
    return {"pid": os.getpid(), "python": sys.version.split()[0]}


@command
def node_create(prefix, root_path, name="", creation_timeout=None):
    """Creates a node in the domain (prefix, root_path); the time-out is in milliseconds."""
    domain = iox2.config.default()
    domain.global_cfg.prefix = iox2.FileName.new(prefix)
    domain.global_cfg.root_path = iox2.Path.new(root_path)
    if creation_timeout is not None:
        domain.global_cfg.creation_timeout = iox2.Duration.from_millis(creation_timeout)
    node = iox2.NodeBuilder.new().config(domain).name(iox2.NodeName.new(name)).create(iox2.ServiceType.Ipc)
    return OBJECTS.add(node, id=Bigint(node.id.value), name=node.name.as_str())


@command
def node_list(node):
    """The state and the id of every node of the domain, and its details where they can be read."""
    states = iox2.Node.list(iox2.ServiceType.Ipc, OBJECTS[node].config)
    return [
        {"state": type(state).__name__, "id": Bigint(state[0].id.value), "details": _node_details(state[0].details)}
        for state in states
    ]


def _node_details(details):
    if details is None:
        return None
    return {
        "name": details.name.as_str(),
        "executable": details.executable.to_string(),
        "process": details.process_id,
        "prefix": details.config.global_cfg.prefix.to_string(),
    }


@command
def node_try_cleanup_dead_nodes(node):
    """Removes what dead nodes of the domain left."""
    OBJECTS[node].try_cleanup_dead_nodes()


@command
def service_attributes(service):
    """The attributes of a service as a list of pairs."""
    return [[entry.key.to_string(), entry.value.to_string()] for entry in OBJECTS[service].attributes.values]


@command
def update_connections(port):
    """Connects a sending port to receivers that appeared since it last looked."""
    OBJECTS[port].update_connections()


@command
def drop(handle):
    """Destroys one object, whatever it is."""
    OBJECTS.drop(handle)
    gc.collect()


@command
def delete_all():
    """Destroys every object, the youngest first."""
    for handle in reversed(OBJECTS.handles()):
        OBJECTS.drop(handle)
    gc.collect()


def answer(request):
    """Executes one request."""
    name = request.pop("command")
    if name not in COMMANDS:
        return {"error": "UnknownCommand", "code": name, "message": f"known commands: {sorted(COMMANDS)}"}
    try:
        return {"result": COMMANDS[name](**request)}
    except Exception as error:  # the whole point is to report whatever upstream raises
        return {"error": type(error).__name__, "code": str(error), "message": repr(error)}


def main():
    """Answers until stdin ends, then leaves nothing behind: a peer that just exits would not clean up."""
    iox2.set_log_level_from_env_or(iox2.LogLevel.Error)
    for line in sys.stdin:
        answers.write(to_line(answer(from_line(line))))
        answers.flush()
    delete_all()


if __name__ == "__main__":
    main()
