"""Sends a request in every cycle and prints the responses that came meanwhile."""

import ctypes

from example import create_node, cycles
from my_service import open_service


def main():
    """Ends with the first signal; what it created goes with its variables."""
    node = create_node()
    service = open_service(node)
    client = service.client_builder().create()
    responses = 0
    print("send request 0 ...")
    pending = client.send_copy(ctypes.c_uint64(0))
    for counter in cycles(node):
        while (response := pending.receive()) is not None:
            print(f"received response {responses}: {response.payload().contents}")
            response.delete()
            responses += 1
        pending.delete()
        pending = client.loan_uninit().write_payload(ctypes.c_uint64(counter)).send()
        print(f"send request {counter} ...")
    pending.delete()
    client.delete()


main()
