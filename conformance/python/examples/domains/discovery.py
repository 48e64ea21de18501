"""Prints the names of the services in a domain: `discovery.py <domain>`."""

import sys

import iceoryx2 as iox2
from example import create_config

print(f'\nServices running in domain "{sys.argv[1]}":')
for service in iox2.Service.list(create_config(prefix=sys.argv[1]), iox2.ServiceType.Ipc):
    print(f"  {service.name().to_string()}")
