/** What is told about samples and connections. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { TamperedConnection, TamperedMemory } from "../../testing/connection-tamper.test-support.ts";
import { DiagnosticsCapture } from "../../testing/diagnostics-capture.test-support.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LogCapture } from "../../testing/log-capture.test-support.ts";
import { sharedMemoryNames } from "../../transport/names.ts";

describe("who listens learns that a sample is lost", () => {
  it(
    "whose memory is gone: its publisher grew and left",
    inDomain((node) => {
      using _log = new LogCapture();
      using lost = new DiagnosticsCapture("iceoryx2.sample.lost");
      using service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ allocationStrategy: "PowerOfTwo" });
      using subscriber = service.subscriber({ name: "reader" });
      publisher.sendCopy([1]);
      subscriber.receive()!.release();
      publisher.sendCopy(new Uint8Array(1000));
      publisher.close();
      assert.equal(subscriber.receive(), undefined);
      assert.deepEqual(lost.messages, [
        {
          origin: 'subscriber "reader" of service "a"',
          senderPortId: publisher.id,
          receiverPortId: subscriber.id,
          numberOfSamples: 1,
          reason: "MemoryGone",
        },
      ]);
    }),
  );

  it(
    "of a publisher that left, when too many of them left samples behind",
    inDomain(
      (node) => {
        using _log = new LogCapture();
        using lost = new DiagnosticsCapture("iceoryx2.sample.lost");
        using service = node.service("a").publishSubscribe(u64).create();
        using subscriber = service.subscriber();
        const ids: bigint[] = [];
        for (let round = 0; round < 2; round++) {
          const publisher = service.publisher();
          ids.push(publisher.id);
          subscriber.hasSamples();
          publisher.sendCopy(1n);
          publisher.sendCopy(2n);
          publisher.close();
        }
        assert(subscriber.hasSamples());
        const reason = "TooManySendersLeft";
        assert.deepEqual(
          lost.messages.map(({ senderPortId, numberOfSamples, reason }) => [
            senderPortId,
            numberOfSamples,
            reason,
          ]),
          [[ids[0], 2, reason]],
        );
      },
      { defaults: { publishSubscribe: { subscriberExpiredConnectionBuffer: 1 } } },
    ),
  );

  it(
    "that claims to be longer than it can be",
    inDomain((node, domain) => {
      using _log = new LogCapture();
      using lost = new DiagnosticsCapture("iceoryx2.sample.lost");
      using service = node.service("a").publishSubscribe(bytes).create();
      using publisher = service.publisher({ initialMaxSliceLen: 8 });
      using subscriber = service.subscriber();
      publisher.sendCopy([1, 2, 3]);
      using memory = new TamperedMemory(sharedMemoryNames.dataSegment(domain.config, publisher.id));
      const { longs } = memory.region;
      const id = longs.findIndex(
        (word, at) => word === BigInt.asUintN(64, publisher.id) && longs[at + 2] === 3n,
      );
      longs[id + 2] = 9n;
      assert.equal(subscriber.receive(), undefined);
      assert.deepEqual(
        lost.messages.map(({ reason }) => reason),
        ["Invalid"],
      );
    }),
  );
});

describe("who listens learns that a connection is degraded", () => {
  it(
    "because the other side wrote nonsense, and who found out",
    inDomain((node, domain) => {
      using _log = new LogCapture();
      using degraded = new DiagnosticsCapture("iceoryx2.connection.degraded");
      using service = node.service("a").publishSubscribe(u64).create();
      using publisher = service.publisher({ name: "front" });
      using subscriber = service.subscriber();
      publisher.sendCopy(1n);
      subscriber.receive()!.release();
      using connection = new TamperedConnection(domain.config, publisher.id, subscriber.id);
      connection.write64(connection.submission.readPosition, 100n);
      for (let value = 2n; value < 5n; value++) publisher.sendCopy(value);
      const [message, ...others] = degraded.messages;
      assert.deepEqual(others, []);
      const { serviceId: _, error, ...facts } = message!;
      assert.deepEqual(facts, {
        origin: 'publisher "front" of service "a"',
        senderPortId: publisher.id,
        receiverPortId: subscriber.id,
        cause: "ConnectionCorrupted",
      });
      assert.match(String(error), /wrote what it never got/);
    }),
  );
});
