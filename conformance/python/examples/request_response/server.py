"""Answers every request with a stream of one or two responses."""

from example import create_node, cycles
from my_service import open_service
from transmission_data import TransmissionData


def respond(request, counter):
    """Sends the stream that belongs to a request."""
    value = request.payload().contents.value
    print(f"received request: {value}")
    response = TransmissionData(x=5 + counter, y=6 * counter, funky=7.77)
    print("  send response:", response)
    request.send_copy(response)
    if value % 2 == 1:
        response = TransmissionData(x=counter, y=counter, funky=counter * 0.1234)
        print("  send response:", response)
        request.loan_uninit().write_payload(response).send()


def main():
    """Ends with the first signal; what it created goes with its variables."""
    node = create_node()
    service = open_service(node)
    server = service.server_builder().create()
    print("Server ready to receive requests!")
    counter = 0
    for _ in cycles(node):
        while (request := server.receive()) is not None:
            respond(request, counter)
            request.delete()
            counter += 1
    server.delete()


main()
