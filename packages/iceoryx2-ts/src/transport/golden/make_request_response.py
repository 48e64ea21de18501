"""Writes the golden dumps of request-response, as `make.py` does for publish-subscribe.

Run it without arguments; it replaces the `request-*.hex` and `response-*.hex` files and `request-response-names.json`
beside itself and the dump of the dynamic configuration in `../../service/golden/`.
"""

import ctypes

import iceoryx2 as iox2
from make import (
    SERVICE_DIRECTORY,
    TRANSPORT_DIRECTORY,
    TransmissionData,
    dump,
    find,
    node_to_dump,
    port_id,
    write_names,
)


def send_request(client: iox2.Client, user_header: int, *elements: int) -> iox2.PendingResponse:
    request = client.loan_slice_uninit(len(elements))
    request.user_header().contents.value = user_header
    for index, element in enumerate(elements):
        request.payload()[index] = element
    return request.assume_init().send()


def main() -> None:
    """No two figures of a port are equal, so that no two fields can be mistaken for each other."""
    names: dict[str, str] = {}
    with node_to_dump() as node:
        service = (
            node.service_builder(iox2.ServiceName.new("golden"))
            .request_response(iox2.Slice[ctypes.c_uint16], TransmissionData)
            .request_header(ctypes.c_uint32)
            .response_header(ctypes.c_uint64)
            .max_servers(3)
            .max_clients(2)
            .max_nodes(5)
            .max_active_requests_per_client(2)
            .max_loaned_requests(7)
            .max_response_buffer_size(3)
            .max_borrowed_responses_per_pending_response(4)
            .create()
        )
        client = (
            service.client_builder()
            .name(iox2.PortName.new("front"))
            .max_active_requests(1)
            .initial_max_slice_len(6)
            .create()
        )
        server = service.server_builder().max_loaned_responses_per_request(1).create()
        send_request(client, 0, 1).delete()
        pending = send_request(client, 5, 7, 8, 9)
        # The first request was given up: fire and forget.
        server.receive().delete()
        active = server.receive()
        response = active.loan_uninit()
        response.user_header().contents.value = 6
        response = response.write_payload(TransmissionData(x=1, y=2, funky=3.5))
        response.send()
        growing_client = (
            service.client_builder()
            .initial_max_slice_len(9)
            .allocation_strategy(iox2.AllocationStrategy.PowerOfTwo)
            .create()
        )
        growing_server = service.server_builder().name(iox2.PortName.new("back")).create()
        names["dynamic"] = find(".dynamic")
        names["request-data"] = find(f"_{port_id(client)}.data")
        names["response-data"] = find(f"_{port_id(server)}.data")
        dump(SERVICE_DIRECTORY, "request-response-dynamic", names["dynamic"])
        dump(TRANSPORT_DIRECTORY, "request-data", names["request-data"])
        dump(TRANSPORT_DIRECTORY, "response-data", names["response-data"])
        # Keeps everything until it is dumped.
        for port in (pending, active, client, server, growing_client, growing_server):
            port.delete()
    write_names("request-response-names", names)


if __name__ == "__main__":
    main()
