"""One side of a pair in Python: the twin of exchange/side.ts, driven by the commands of exchange/protocol.ts."""

import ctypes
import json
import os
import sys
import time

import iceoryx2 as iox2

# The wheel's log goes to stdout. Only our answers may: they keep the real descriptor, the log gets stderr.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


class Touch:
    """What a touched message costs beside its way: its bytes are written here and copied there."""

    def __init__(self, size):
        self._size = size
        self._private = ctypes.create_string_buffer(size)
        self._value = 0

    def write(self, address):
        self._value = (self._value + 1) & 0xFF
        ctypes.memset(address, self._value, self._size)

    def read(self, address):
        ctypes.memmove(self._private, address, self._size)
        self._value = (self._value + 1) & 0xFF
        last = self._private[self._size - 1][0]
        if last != self._value:
            raise AssertionError(f"the last byte is {last}, not {self._value}")


def measure(batches, count, call):
    """Nanoseconds per call, one value per batch."""
    values = []
    for _ in range(batches):
        start = time.perf_counter_ns()
        for _ in range(count):
            call()
        values.append((time.perf_counter_ns() - start) / count)
    return values


def service(node, name, buffer, overflow):
    builder = node.service_builder(iox2.ServiceName.new(name)).publish_subscribe(iox2.Slice[ctypes.c_uint8])
    builder = builder.max_publishers(1).max_subscribers(1).subscriber_max_buffer_size(buffer).history_size(0)
    return builder.enable_safe_overflow(overflow).open_or_create()


class Port:
    """What both patterns do with a publisher and a subscriber."""

    publisher = None
    subscriber = None

    def __init__(self, size):
        self._size = size
        self._outgoing = Touch(size)
        self._incoming = Touch(size)

    def send_message(self, loan, touched):
        if touched:
            self._outgoing.write(loan.payload_ptr)
        loan.assume_init().send()
        return self.publisher.loan_slice_uninit(self._size)

    def await_message(self, touched):
        while True:
            sample = self.subscriber.receive()
            if sample is None:
                continue
            if touched:
                self._incoming.read(sample.payload_ptr)
            sample.delete()
            return

    def close(self):
        for port in (self.publisher, self.subscriber):
            if port is not None:
                port.delete()


class PingPong(Port):
    """One message at a time, there and back, polled."""

    def __init__(self, node, command):
        super().__init__(command["size"])
        name, buffer = command["name"], command["buffer"]
        mine, theirs = service(node, f"{name}-b2a", buffer, True), service(node, f"{name}-a2b", buffer, True)
        self.publisher = mine.publisher_builder().initial_max_slice_len(command["size"]).create()
        self.subscriber = theirs.subscriber_builder().create()

    def run(self, batches, count, touched):
        # The next one is loaned while the answer is on its way.
        loan = self.publisher.loan_slice_uninit(self._size)

        def turn():
            nonlocal loan
            self.await_message(touched)
            loan = self.send_message(loan, touched)

        values = measure(batches, count, turn)
        loan.delete()
        return values


class Server:
    """Answers requests."""

    CLIENTS = {"call": 1, "callAmongEight": 8}

    def __init__(self, node, command):
        self._size = command["size"]
        self._outgoing = Touch(self._size)
        self._incoming = Touch(self._size)
        run = iox2.Slice[ctypes.c_uint8]
        builder = node.service_builder(iox2.ServiceName.new(command["name"])).request_response(run, run)
        builder = builder.max_servers(1).max_clients(self.CLIENTS[command["pattern"]])
        builder = builder.max_active_requests_per_client(1).max_loaned_requests(1)
        builder = builder.max_response_buffer_size(command["buffer"]).max_borrowed_responses_per_pending_response(1)
        service = builder.open_or_create()
        ports = service.server_builder().initial_max_slice_len(self._size).max_loaned_responses_per_request(1)
        self._server = ports.create()

    def run(self, batches, count, touched):
        return measure(batches, count, lambda: self._answer(touched))

    def _answer(self, touched):
        while True:
            request = self._server.receive()
            if request is None:
                continue
            if touched:
                self._incoming.read(request.payload_ptr)
            loan = request.loan_slice_uninit(self._size)
            if touched:
                self._outgoing.write(loan.payload_ptr)
            loan.assume_init().send()
            request.delete()
            return

    def close(self):
        self._server.delete()


class Sink(Port):
    """The receiving end of a stream."""

    def __init__(self, node, command):
        super().__init__(command["size"])
        source = service(node, f"{command['name']}-a2b", command["buffer"], False)
        self.subscriber = source.subscriber_builder().create()
        # Connects: what is sent to nobody is lost.
        self.subscriber.has_samples()

    def run(self, batches, count, touched):
        return measure(batches, count, lambda: self.await_message(touched))


PATTERNS = {"pingPong": PingPong, "stream": Sink, "call": Server, "callAmongEight": Server}


def main():
    iox2.set_log_level_from_env_or(iox2.LogLevel.Error)
    arguments = json.loads(sys.argv[1])
    if arguments["role"] != "b":
        raise AssertionError("Python is the second one of a pair only")
    domain = iox2.config.default()
    domain.global_cfg.prefix = iox2.FileName.new(arguments["prefix"])
    domain.global_cfg.root_path = iox2.Path.new(arguments["rootPath"])
    node = iox2.NodeBuilder.new().config(domain).create(iox2.ServiceType.Ipc)
    exchange = None
    for line in sys.stdin:
        command = json.loads(line)
        nanoseconds = []
        if command["kind"] == "open":
            exchange = PATTERNS[command["pattern"]](node, command)
        elif command["kind"] == "run":
            nanoseconds = exchange.run(command["batches"], command["count"], command["touched"])
        elif command["kind"] == "close":
            exchange.close()
        ANSWERS.write(json.dumps({"nanoseconds": nanoseconds}) + "\n")
        ANSWERS.flush()


if __name__ == "__main__":
    main()
