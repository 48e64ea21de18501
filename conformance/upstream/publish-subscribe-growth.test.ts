/** What upstream's suite demands of slices that grow. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type AllocationStrategy,
  array,
  bytes,
  LoanError,
  type Publisher,
  setLogger,
  slice,
  struct,
  u8,
  u64,
  untyped,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

const Block = struct("Block", { bytes: array(u8, 1024) });
type BytesPublisher = Publisher<typeof bytes>;

const GROWING: readonly AllocationStrategy[] = ["BestFit", "PowerOfTwo"];

function sendFilled(publisher: BytesPublisher, length: number, value: number): void {
  const loan = publisher.loanUninit(length);
  loan.payload.fill(value);
  loan.send();
}

function isLoanError(code: LoanError["code"]): (error: unknown) => boolean {
  return (error) => error instanceof LoanError && error.code === code;
}

describe("the allocation strategy of a publisher", () => {
  test(
    "is Static unless another is asked for or configured",
    inDomain((node) => {
      const slices = node.service("slices").publishSubscribe(slice(u64)).create({ maxPublishers: 4 });
      assert.equal(slices.publisher().allocationStrategy, "Static");
      for (const allocationStrategy of ["Static", ...GROWING] as const) {
        assert.equal(slices.publisher({ allocationStrategy }).allocationStrategy, allocationStrategy);
      }
      assert.equal(
        node.service("fixed").publishSubscribe(u64).create().publisher().allocationStrategy,
        "Static",
      );
    }),
  );

  test(
    "may be configured",
    inDomain(
      (node) => {
        const service = node.service("a").publishSubscribe(slice(u64)).create();
        using loan = service.publisher({ initialMaxSliceLen: 4 }).loan(5);
        assert.equal(loan.payload.length, 5);
      },
      { defaults: { publishSubscribe: { publisherAllocationStrategy: "PowerOfTwo" } } },
    ),
  );

  test(
    "Static ends with the initial length",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ initialMaxSliceLen: 1024, maxLoanedSamples: 3 });
      publisher.loan(1023).release();
      publisher.loan(1024).release();
      assert.throws(() => publisher.loan(1025), isLoanError("ExceedsMaxLoanSize"));
    }),
  );

  test(
    "BestFit runs out of segments in the end",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ initialMaxSliceLen: 1, allocationStrategy: "BestFit" });
      assert.throws(() => {
        for (let length = 32; length < 32 * 1000; length += 32) publisher.loanUninit(length).release();
      }, isLoanError("OutOfMemory"));
    }),
  );
});

describe("slices that grow", () => {
  for (const allocationStrategy of GROWING) {
    for (const repetitions of [1, 13]) {
      test(
        `arrive ${repetitions} times in every length (${allocationStrategy})`,
        inDomain((node) => {
          const service = node.service("a").publishSubscribe(bytes).create({ subscriberMaxBufferSize: 5 });
          const publisher = service.publisher({ initialMaxSliceLen: 1, allocationStrategy });
          const subscriber = service.subscriber();
          for (let round = 0; round < 128; round++) {
            const length = (round + 1) * 32;
            for (let time = 0; time < repetitions; time++) {
              sendFilled(publisher, length, round);
              using sample = subscriber.receive()!;
              assert.deepEqual(sample.copy(), new Uint8Array(length).fill(round));
            }
          }
        }),
      );
    }

    test(
      `are the history of who comes later (${allocationStrategy})`,
      inDomain((node) => {
        const qos = { subscriberMaxBufferSize: 12, historySize: 12 };
        const service = node.service("a").publishSubscribe(bytes).create(qos);
        const publisher = service.publisher({ initialMaxSliceLen: 1, allocationStrategy });
        for (let round = 0; round < 12; round++) sendFilled(publisher, (round + 1) * 32, round);
        const subscriber = service.subscriber();
        publisher.updateConnections();
        for (let round = 0; round < 12; round++) {
          using sample = subscriber.receive()!;
          assert.deepEqual(sample.copy(), new Uint8Array((round + 1) * 32).fill(round));
        }
      }),
    );
  }

  test(
    "arrive from who does not know their type",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(slice(Block), { payloadAlignment: 1024 }).create();
      const opened = node.service("a").publishSubscribe(untyped).open();
      const publisher = opened.publisher({ initialMaxSliceLen: 1, allocationStrategy: "PowerOfTwo" });
      const subscriber = opened.subscriber();
      for (let length = 1; length < 100; length++) {
        const loan = publisher.loan(length);
        assert.equal(loan.payload.length, 1024 * length);
        loan.payload.fill(length);
        loan.send();
        using sample = subscriber.receive()!;
        assert.equal(sample.header.numberOfElements, length);
        assert.equal(sample.payload.byteOffset % 1024, 0);
        assert.deepEqual(sample.copy(), new Uint8Array(1024 * length).fill(length));
      }
      service.close();
    }),
  );

  test(
    "are lost without an error when their publisher leaves before anybody mapped their segment",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ initialMaxSliceLen: 1, allocationStrategy: "BestFit" });
      const subscriber = service.subscriber();
      sendFilled(publisher, 1, 1);
      subscriber.receive()!.release();
      sendFilled(publisher, 4097, 2);
      publisher.close();
      const messages: string[] = [];
      setLogger({ log: (_level, _origin, message) => messages.push(message) });
      try {
        assert.equal(subscriber.receive(), undefined);
      } finally {
        setLogger(undefined);
      }
      assert.match(messages.join(), /a chunk is lost/);
    }),
  );
});
