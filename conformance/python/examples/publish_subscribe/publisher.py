"""Sends a sample every second."""

import iceoryx2 as iox2

from transmission_data import CYCLE_TIME, TransmissionData, create_node, open_service


def main():
    """Ends with the first signal; what it created goes with its variables."""
    node = create_node()
    service = open_service(node)
    publisher = service.publisher_builder().create()
    counter = 0
    try:
        while True:
            node.wait(CYCLE_TIME)
            counter += 1
            data = TransmissionData(x=counter, y=counter * 3, funky=counter * 812.12)
            publisher.loan_uninit().write_payload(data).send()
            print("send sample", counter, "...")
    except iox2.NodeWaitFailure:
        print("exit")
    publisher.delete()


main()
