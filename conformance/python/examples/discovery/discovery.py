"""Prints all that can be said about the services of the domain."""

import iceoryx2 as iox2
from example import create_config

for service in iox2.Service.list(create_config(), iox2.ServiceType.Ipc):
    print(service)
