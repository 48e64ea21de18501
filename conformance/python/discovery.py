"""Commands that look at services from outside."""

import iceoryx2 as iox2

from commands import OBJECTS, command
from payload_types import Bigint


def _describe(service):
    return {
        "name": service.name().to_string(),
        "hash": service.service_hash().as_str,
        "messaging_pattern": _pattern_name(service),
        "attributes": [[entry.key.to_string(), entry.value.to_string()] for entry in service.attributes().values],
        "nodes": [{"state": type(node).__name__, "id": Bigint(node[0].id.value)} for node in service.nodes()],
    }


def _pattern_name(service):
    return str(service.messaging_pattern()).split("(")[0]


@command
def service_list(node):
    """Every service of the domain: what it is and which nodes have it open."""
    services = iox2.Service.list(OBJECTS[node].config, iox2.ServiceType.Ipc)
    return [_describe(service) for service in services]


def _query(function, node, name, pattern):
    pattern = getattr(iox2.MessagingPattern, pattern)
    return function(iox2.ServiceName.new(name), OBJECTS[node].config, pattern, iox2.ServiceType.Ipc)


@command
def service_details(node, name, pattern):
    """The same for one service; null if there is none."""
    service = _query(iox2.Service.details, node, name, pattern)
    return None if service is None else _describe(service)


@command
def service_does_exist(node, name, pattern):
    """Whether there is such a service."""
    return _query(iox2.Service.does_exist, node, name, pattern)
