"""Answers requests of any length with responses that grow."""

from dynamic_data import create_port, loan, open_service
from example import create_node, cycles


def main():
    """Ends with the first signal; what it created goes with its variables."""
    node = create_node()
    service = open_service(node)
    server = create_port(service.server_builder())
    print("Server ready to receive requests!")
    counter = 1
    for _ in cycles(node):
        while (request := server.receive()) is not None:
            print("received request with", request.payload().len(), "bytes ...")
            response, length = loan(request, counter)
            print("  send response with", length, "bytes")
            response.send()
            request.delete()
            counter += 1
    server.delete()


main()
