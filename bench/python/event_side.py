"""One side of a pair in Python: the twin of events/side.ts, driven by the commands of events/protocol.ts."""

import json
import os
import sys
import time

import iceoryx2 as iox2

# The wheel's log goes to stdout. Only our answers may: they keep the real descriptor, the log gets stderr.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


class Ends:
    """A listener of one's own service, and a notifier of the other's."""

    def __init__(self, node, name, role):
        self._other = _service(node, f"{name}-{'b' if role == 'a' else 'a'}")
        self._listener = _service(node, f"{name}-{role}").listener_builder().create()
        self._notifier = None

    def connect(self):
        self._notifier = self._other.notifier_builder().create()

    def notify(self):
        self._notifier.notify()

    def wait(self):
        return sum(activation.count for activation in self._listener.blocking_wait())

    def close(self):
        self._notifier.delete()
        self._listener.delete()

    def ping(self, count, pause):
        round_trips = []
        for _ in range(count):
            if pause > 0:
                time.sleep(pause / 1000)
            start = time.perf_counter_ns()
            self.notify()
            self.wait()
            round_trips.append(time.perf_counter_ns() - start)
        return round_trips

    def echo(self, count, _pause):
        for _ in range(count):
            self.wait()
            self.notify()
        return []

    def send(self, count):
        start = time.perf_counter_ns()
        for _ in range(count):
            self.notify()
        return [(time.perf_counter_ns() - start) / count]

    def take(self, count):
        taken = self.wait()
        start = time.perf_counter_ns()
        while taken < count:
            taken += self.wait()
        return [(time.perf_counter_ns() - start) / count]


def _service(node, name):
    return node.service_builder(iox2.ServiceName.new(name)).event().open_or_create()


def main():
    iox2.set_log_level_from_env_or(iox2.LogLevel.Error)
    arguments = json.loads(sys.argv[1])
    role = arguments["role"]
    domain = iox2.config.default()
    domain.global_cfg.prefix = iox2.FileName.new(arguments["prefix"])
    domain.global_cfg.root_path = iox2.Path.new(arguments["rootPath"])
    node = iox2.NodeBuilder.new().config(domain).create(iox2.ServiceType.Ipc)
    ends = None
    for line in sys.stdin:
        command = json.loads(line)
        kind = command["kind"]
        nanoseconds = []
        if kind == "open":
            ends = Ends(node, command["name"], role)
        elif kind == "connect":
            ends.connect()
        elif kind == "pingPong":
            run = ends.ping if role == "a" else ends.echo
            nanoseconds = run(command["count"], command["pause"])
        elif kind == "stream":
            run = ends.send if role == "a" else ends.take
            nanoseconds = run(command["count"])
        else:
            ends.close()
        ANSWERS.write(json.dumps({"nanoseconds": nanoseconds}) + "\n")
        ANSWERS.flush()


if __name__ == "__main__":
    main()
