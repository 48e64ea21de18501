"""Sends requests that grow, to a server whose responses grow as well."""

from dynamic_data import create_port, loan, open_service
from example import create_node, cycles


def send(client, counter):
    """Sends the request of that number."""
    request, length = loan(client, counter)
    print("send request", counter, "with", length, "bytes ...")
    return request.send()


def main():
    """Ends with the first signal; what it created goes with its variables."""
    node = create_node()
    service = open_service(node)
    client = create_port(service.client_builder())
    pending = send(client, 1)
    for counter in cycles(node):
        while (response := pending.receive()) is not None:
            print("received response with", response.payload().len(), "bytes")
            response.delete()
        pending.delete()
        pending = send(client, counter + 1)
    pending.delete()
    client.delete()


main()
