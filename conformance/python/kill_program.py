"""The Python process that the kill harness kills: a node, a service and a port, used and closed, again and again.

The twin of kill/program.ts, kill/lives.ts and kill/arrivals.ts; what the lines say is in kill/protocol.ts.
"""

import ctypes
import json
import os
import random
import re
import select
import signal
import struct
import sys
import time

import iceoryx2 as iox2

# The wheel's log goes to stdout. Only our lines may: they keep the real descriptor, the log gets stderr.
LINES = os.dup(1)
os.dup2(2, 1)

WORD_MASK = (1 << 64) - 1
WORDS_MAX = 32
BURST_MAX = 64
REPORT_INTERVAL = 1000
LIVES_PER_PROCESS = 1024
PR_SET_PDEATHSIG = 1

def report(**event):
    os.write(LINES, json.dumps(event).encode() + b"\n")


class Orders:
    """What the harness wants, looked at between two turns."""

    def __init__(self):
        self.is_settling = False
        self.is_stopping = False

    def look(self):
        if not select.select([0], [], [], 0)[0]:
            return
        text = os.read(0, 4096).decode()
        self.is_settling = self.is_settling or "settle" in text
        self.is_stopping = self.is_stopping or "stop" in text or text == ""


class Journal:
    """How many messages each life has sent; see kill/journal.ts."""

    def __init__(self, path):
        self._file = os.open(path, os.O_RDWR)

    def write(self, life, sent):
        os.pwrite(self._file, struct.pack("<Q", sent), life * 8)

    def read(self, life):
        return int.from_bytes(os.pread(self._file, 8, life * 8), "little")


def message(life, index, words):
    sequence = (life << 32) + index
    return struct.pack(f"<{words}Q", *(((i + 1) * sequence) & WORD_MASK for i in range(words)))


def read_message(sample):
    """The life and the index of a message. The wheel counts the length of a slice in bytes, the header in elements."""
    words = sample.header.number_of_elements
    content = ctypes.string_at(sample.payload_ptr, words * 8)
    (first,) = struct.unpack_from("<Q", content)
    life, index = first >> 32, first & 0xFFFFFFFF
    if content != message(life, index, words):
        raise AssertionError(f"torn: {content.hex()} does not belong together")
    return life, index


class Arrivals:
    """What one subscriber's life receives, checked as it comes; see kill/arrivals.ts."""

    def __init__(self, plan):
        self._plan = plan
        self._streams = {}

    def lives(self):
        return list(self._streams)

    def add(self, life, index):
        if life not in self._streams:
            self._streams[life] = (1, index)
            report(event="heard", life=life)
            return
        count, last = self._streams[life]
        if index <= last:
            raise AssertionError(f"twice or late: {index} after {last} of life {life}")
        if index > last + 1 and not self._may_lose(count):
            raise AssertionError(f"lost: {index} after {last} of life {life}, of which {count} messages came")
        self._streams[life] = (count + 1, index)

    def has_all(self, sent):
        return all(self._streams[life][1] >= sends - 1 for life, sends in sent.items())

    def demand_all(self, sent):
        for life, sends in sent.items():
            count, last = self._streams[life]
            if last >= sends - 1 or (not self._plan["enableSafeOverflow"] and self._may_lose(count)):
                continue
            raise AssertionError(f"lost: life {life} sent {sends} messages, but the last that came was {last}")

    def _may_lose(self, count):
        return self._plan["enableSafeOverflow"] or count == self._plan["subscriberMaxBufferSize"]


class Lifetime:
    """Counts the turns of a life: a few, or as many as there are until it is ended."""

    def __init__(self, program):
        self._program = program
        self._turns = program.random.randint(0, 20) if program.random.random() < 0.7 else float("inf")

    def next(self):
        time.sleep(0 if self._program.random.random() < 0.5 else 0.001)
        orders = self._program.orders
        orders.look()
        self._turns -= 1
        return not orders.is_stopping and (self._turns >= 0 or orders.is_settling)


class Program:
    def __init__(self, settings):
        self._settings = settings
        self._life = settings["firstLife"]
        self._journal = Journal(settings["journal"])
        self.random = random.Random(settings["seed"])
        self.orders = Orders()

    def run(self):
        report(event="ready")
        while not self.orders.is_stopping and self._life < self._settings["firstLife"] + LIVES_PER_PROCESS:
            self._live()
            self.orders.look()

    def _live(self):
        try:
            port = self._create()
        except Exception as error:  # which one, is upstream's business; if it does not pass, the harness sees that
            # Such as "PublishSubscribeOpenError(HangsInCreation)".
            variant = re.search(r"\w*(?=\)*$)", str(error))[0]
            report(event="retry", reason=f"Python {type(error).__name__} {variant}")
            return
        life = self._life
        self._life += 1
        report(event="life", life=life)
        (self._publish if self._settings["role"] == "publisher" else self._subscribe)(port, life)
        port.delete()

    def _create(self):
        """Creates a port; it keeps its service and its node alive."""
        settings, plan = self._settings, self._settings["service"]
        domain = iox2.config.default()
        domain.global_cfg.prefix = iox2.FileName.new(settings["prefix"])
        domain.global_cfg.root_path = iox2.Path.new(settings["rootPath"])
        domain.global_cfg.creation_timeout = iox2.Duration.from_millis(settings["creationTimeout"])
        node = iox2.NodeBuilder.new().config(domain).create(iox2.ServiceType.Ipc)
        service = (
            node.service_builder(iox2.ServiceName.new("kill"))
            .publish_subscribe(iox2.Slice[ctypes.c_uint64])
            .enable_safe_overflow(plan["enableSafeOverflow"])
            .history_size(plan["historySize"])
            .subscriber_max_buffer_size(plan["subscriberMaxBufferSize"])
            .subscriber_max_borrowed_samples(plan["subscriberMaxBorrowedSamples"])
            .max_publishers(plan["maxPublishers"])
            .max_subscribers(plan["maxSubscribers"])
            .max_nodes(plan["maxNodes"])
            .open_or_create()
        )
        if settings["role"] == "publisher":
            return service.publisher_builder().max_loaned_samples(2).initial_max_slice_len(WORDS_MAX).create()
        return service.subscriber_builder().create()

    def _publish(self, publisher, life):
        # A loan that is out when the end comes, whatever kind of end.
        loan = publisher.loan_slice_uninit(1) if self.random.random() < 0.3 else None
        lifetime = Lifetime(self)
        index = 0
        while lifetime.next():
            for _ in range(self.random.randint(1, BURST_MAX)):
                words = self.random.randint(1, WORDS_MAX)
                sample = publisher.loan_slice_uninit(words)
                ctypes.memmove(sample.payload_ptr, message(life, index, words), words * 8)
                # Waits for room where nothing may be lost.
                sample.assume_init().send()
                index += 1
                self._journal.write(life, index)
        if loan is not None:
            loan.delete()

    def _subscribe(self, subscriber, life):
        plan = self._settings["service"]
        arrivals = Arrivals(plan)
        held = []
        received = 0

        def take():
            nonlocal received
            sample = subscriber.receive()
            if sample is None:
                return False
            arrivals.add(*read_message(sample))
            received += 1
            if received % REPORT_INTERVAL == 0:
                report(event="received", count=REPORT_INTERVAL)
            if len(held) + 1 < plan["subscriberMaxBorrowedSamples"] and self.random.random() < 0.1:
                held.append(sample)
            else:
                sample.delete()
            return True

        def give_back():
            for sample in held:
                read_message(sample)
                sample.delete()
            held.clear()

        lifetime = Lifetime(self)
        while lifetime.next():
            for _ in range(self.random.randint(1, BURST_MAX)):
                if not take():
                    break
            if self.random.random() < 0.5:
                give_back()
        sent = {life: self._journal.read(life) for life in arrivals.lives()}
        while not arrivals.has_all(sent) and take():
            pass
        arrivals.demand_all(sent)
        give_back()
        report(event="received", count=received % REPORT_INTERVAL)


if __name__ == "__main__":
    # A publisher that waits for room does not read that its harness is gone.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    iox2.set_log_level_from_env_or(iox2.LogLevel.Error)
    Program(json.loads(sys.argv[1])).run()
