/** Peers that write what makes no sense: the other side drops them, and everybody else goes on. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { PublishSubscribeService } from "../../api/publish-subscribe-service.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { ChunkLedger } from "../../testing/chunk-ledger.test-support.ts";
import { TamperedConnection, TamperedMemory } from "../../testing/connection-tamper.test-support.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LogCapture } from "../../testing/log-capture.test-support.ts";
import type { TestDomain } from "../../testing/test-domain.ts";
import { sharedMemoryNames } from "../../transport/names.ts";
import type { Publisher } from "../publish-subscribe/publisher.ts";
import type { Sample } from "../publish-subscribe/sample.ts";
import type { Subscriber } from "../publish-subscribe/subscriber.ts";

const QOS = {
  maxSubscribers: 2,
  maxPublishers: 2,
  subscriberMaxBufferSize: 4,
  subscriberMaxBorrowedSamples: 2,
};

interface Scene {
  readonly node: Node;
  readonly publisher: Publisher<U64>;
  readonly hostile: Subscriber<U64>;
  readonly honest: Subscriber<U64>;
  readonly connection: TamperedConnection;
  readonly log: LogCapture;
  readonly ledger: ChunkLedger;
}

/** A publisher and two subscribers, which have received before; one connection can be tampered with. */
function scene(
  test: (scene: Scene) => void,
  qos: { historySize?: number; enableSafeOverflow?: boolean } = {},
): () => void {
  return inDomain((node, domain) => {
    using log = new LogCapture();
    using ledger = new ChunkLedger();
    const service = node
      .service("a")
      .publishSubscribe(u64)
      .create({ ...QOS, ...qos });
    const publisher = service.publisher();
    const hostile = service.subscriber();
    const honest = service.subscriber();
    // So often that the publisher has taken back, and looks again before a full buffer more is sent.
    for (let round = 0; round < 10; round++) {
      publisher.sendCopy(1n);
      for (const subscriber of [hostile, honest]) subscriber.receive()!.release();
    }
    using connection = new TamperedConnection(domain.config, publisher.id, hostile.id);
    test({ node, publisher, hostile, honest, connection, log, ledger });
  });
}

function values(subscriber: Subscriber<U64>): bigint[] {
  const received: bigint[] = [];
  subscriber.drain(({ payload }) => received.push(payload));
  return received;
}

/** Chunks of u64 samples are 56 bytes; in the queues offsets are shifted by the 8 bits of the segment id. */
const CHUNK = 56n << 8n;

describe("a hostile subscriber", () => {
  const attacks: readonly [
    what: string,
    attack: (connection: TamperedConnection, hostile: Subscriber<U64>) => void,
  ][] = [
    ["gives back an offset between two chunks", (c) => c.push(c.completion, CHUNK / 2n)],
    ["gives back a chunk of another segment", (c) => c.push(c.completion, 1n)],
    ["gives back what lies behind the segment", (c) => c.push(c.completion, CHUNK * 1000n)],
    ["gives back an offset beyond 2^53", (c) => c.push(c.completion, 2n ** 64n - 1n)],
    ["gives back a chunk that it never got", (c) => c.push(c.completion, CHUNK * 12n)],
    [
      "gives back a chunk twice",
      (c, hostile) => {
        hostile.receive()?.release();
        c.push(c.completion, c.lastOf(c.completion));
      },
    ],
    [
      "claims to have given back more than fits",
      (c) => c.write64(c.completion.writePosition, c.read64(c.completion.writePosition) + 100n),
    ],
    ["takes its own position back", (c) => c.write64(c.completion.writePosition, 0n)],
    [
      "claims to have read what was not sent",
      (c) => c.write64(c.submission.readPosition, c.read64(c.submission.writePosition) + 3n),
    ],
    [
      "claims not to have read what it read",
      (c) => c.write64(c.submission.readPosition, c.read64(c.submission.readPosition) - 100n),
    ],
  ];

  for (const enableSafeOverflow of [true, false]) {
    for (const [what, attack] of attacks) {
      it(
        `that ${what} is dropped (${enableSafeOverflow ? "overflow" : "no overflow"})`,
        scene(
          ({ publisher, hostile, honest, connection, log, ledger }) => {
            publisher.sendCopy(2n);
            attack(connection, hostile);
            for (let value = 3n; value < 30n; value++) {
              publisher.sendCopy(value);
              values(honest);
            }
            assert.equal(publisher.sendCopy(30n), 1, "the hostile one gets nothing any more");
            assert.deepEqual(values(honest), [30n]);
            const warnings = log.messages.filter((message) => message.includes(String(hostile.id)));
            assert.equal(warnings.length, 1, log.messages.join("\n"));
            assert.match(warnings[0]!, /^warn: publisher of service "a": .*corrupted and not used any more/);
            hostile.close();
            honest.close();
            publisher.updateConnections();
            assert.equal(ledger.inUse, 0, "no chunk is lost");
          },
          { historySize: 0, enableSafeOverflow },
        ),
      );
    }
  }

  it(
    "that is hostile from the start keeps no chunk of the history that it was to get",
    inDomain((node, domain) => {
      using log = new LogCapture();
      using ledger = new ChunkLedger();
      const service = node
        .service("a")
        .publishSubscribe(u64)
        .create({ ...QOS, historySize: 3 });
      const publisher = service.publisher();
      for (let value = 0n; value < 3n; value++) publisher.sendCopy(value);
      const hostile = service.subscriber();
      using connection = new TamperedConnection(domain.config, publisher.id, hostile.id);
      connection.write64(connection.submission.readPosition, 3n);
      publisher.updateConnections();
      for (let value = 3n; value < 10n; value++) assert.equal(publisher.sendCopy(value), 0);
      hostile.close();
      publisher.updateConnections();
      assert.equal(ledger.inUse, 3, "the history and nothing else");
      assert.equal(log.entries.length, 1, log.messages.join("\n"));
    }),
  );

  it(
    "cannot keep a chunk from the history or a loan",
    scene(
      ({ publisher, hostile, honest, connection }) => {
        publisher.sendCopy(5n);
        connection.push(connection.completion, CHUNK / 2n);
        publisher.sendCopy(6n);
        publisher.sendCopy(7n);
        hostile.close();
        honest.close();
        for (let round = 0; round < 100; round++) publisher.sendCopy(BigInt(round));
        const loans = [publisher.loan(), publisher.loan()];
        for (const loan of loans) loan.release();
      },
      { historySize: 2 },
    ),
  );
});

describe("a hostile publisher", () => {
  const attacks: readonly [what: string, attack: (connection: TamperedConnection) => void][] = [
    ["sends an offset between two chunks", (c) => c.replaceLast(c.submission, (value) => value + 256n)],
    ["sends a chunk of another segment", (c) => c.replaceLast(c.submission, (value) => value + 1n)],
    ["sends what lies behind its segment", (c) => c.replaceLast(c.submission, () => CHUNK * 1000n)],
    ["sends an offset beyond 2^53", (c) => c.replaceLast(c.submission, () => 2n ** 64n - 1n)],
    [
      "claims to have sent more than fits",
      (c) => c.write64(c.submission.writePosition, c.read64(c.submission.writePosition) + 100n),
    ],
    [
      "takes back more than it sent",
      (c) => c.write64(c.submission.readPosition, c.read64(c.submission.writePosition) + 3n),
    ],
  ];
  for (const [what, attack] of attacks) {
    it(
      `that ${what} is dropped, and others are still received`,
      scene(({ node, publisher, hostile: victim, honest, connection, log }) => {
        const other = node.service("a").publishSubscribe(u64).open().publisher();
        publisher.sendCopy(2n);
        attack(connection);
        const received = values(victim);
        assert(
          received.every((value) => value <= 2n),
          String(received),
        );
        other.sendCopy(10n);
        assert.equal(victim.receive()?.payload, 10n);
        assert.equal(victim.hasSamples(), false);
        assert.deepEqual(values(honest), [2n, 10n]);
        const warnings = log.messages.filter((message) => message.includes(String(publisher.id)));
        assert.equal(warnings.length, 1, log.messages.join("\n"));
        assert.match(warnings[0]!, /^warn: subscriber of service "a": .*corrupted and not used any more/);
      }),
    );
  }

  it(
    "that sends one chunk twice harms only itself",
    scene(({ publisher, hostile: victim, honest, connection }) => {
      publisher.sendCopy(2n);
      connection.push(connection.submission, connection.lastOf(connection.submission));
      const samples: Sample<U64>[] = [];
      victim.drain((outer) => {
        samples.push(outer);
        victim.drain((inner) => void samples.push(inner));
      });
      assert.equal(samples.length, 2);
      victim.close();
      assert.deepEqual(values(honest), [2n]);
      assert.equal(publisher.sendCopy(3n), 1);
    }),
  );
});

describe("a length that a hostile publisher wrote", () => {
  const NUMBER_OF_ELEMENTS = 32;
  const lengths = [9n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n];

  /** Overwrites the number of elements in every chunk of the publisher's data segment. */
  function tamper(domain: TestDomain, publisher: Publisher<typeof bytes>, from: bigint, to: bigint): void {
    using memory = new TamperedMemory(sharedMemoryNames.dataSegment(domain.config, publisher.id));
    const id = BigInt.asUintN(64, publisher.id);
    const { longs, size } = memory.region;
    for (let at = 0; at + 8 <= size; at += 8) {
      if (longs[at / 8] !== id || longs[at / 8 + 2] !== from) continue;
      longs[(at - 16 + NUMBER_OF_ELEMENTS) / 8] = to;
    }
  }

  function slices(node: Node): PublishSubscribeService<typeof bytes> {
    return node.service("a").publishSubscribe(bytes).create(QOS);
  }

  for (const length of lengths) {
    it(
      `is refused when no chunk is that long: ${length}`,
      inDomain((node, domain) => {
        using log = new LogCapture();
        const service = slices(node);
        const publisher = service.publisher({ initialMaxSliceLen: 8 });
        const subscriber = service.subscriber();
        for (const take of ["receive", "drain"] as const) {
          publisher.sendCopy([1, 2, 3]);
          tamper(domain, publisher, 3n, length);
          publisher.sendCopy([4, 5]);
          if (take === "receive") {
            using sample = subscriber.receive();
            assert.deepEqual(sample?.payload, Uint8Array.of(4, 5));
          } else {
            const received: Uint8Array[] = [];
            subscriber.drain((sample) => received.push(sample.copy()));
            assert.deepEqual(received, [Uint8Array.of(4, 5)]);
          }
          assert.match(log.messages.join("\n"), /of \d+ elements was discarded/);
          log.entries.length = 0;
        }
        for (let round = 0; round < 50; round++) publisher.sendCopy([round]);
      }),
    );
  }

  it(
    "and changed after it was checked does not lead out of the chunk",
    inDomain((node, domain) => {
      const service = slices(node);
      const publisher = service.publisher({ initialMaxSliceLen: 8 });
      const subscriber = service.subscriber();
      publisher.sendCopy([1, 2, 3]);
      const sample = subscriber.receive()!;
      tamper(domain, publisher, 3n, 2n ** 40n);
      assert.deepEqual(sample.payload, Uint8Array.of(1, 2, 3));
      assert.equal(sample.header.numberOfElements, 3);
      subscriber.close();
      assert.deepEqual(sample.copy(), Uint8Array.of(1, 2, 3));
      sample.release();
    }),
  );
});
