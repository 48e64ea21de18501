import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { u8 } from "../../payload/scalars.ts";
import { slice } from "../../payload/slice.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LogCapture } from "../../testing/log-capture.test-support.ts";

const filled = (length: number): Uint8Array => new Uint8Array(length).fill(length);

describe("a publisher whose slices outgrow its plan", () => {
  it(
    "goes on in a new segment while old samples stay as they are",
    inDomain((node) => {
      const service = node
        .service("a")
        .publishSubscribe(slice(u8))
        .create({ subscriberMaxBorrowedSamples: 3 });
      const publisher = service.publisher({ allocationStrategy: "PowerOfTwo" });
      const subscriber = service.subscriber();
      const held = [1, 100, 10_000].map((length) => {
        publisher.sendCopy(filled(length));
        return subscriber.receive()!;
      });
      assert.deepEqual(
        held.map(({ payload }) => Buffer.compare(payload, filled(payload.length))),
        [0, 0, 0],
      );
      for (const sample of held) sample.release();
    }),
  );

  it(
    "sends an old loan after a new one",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(slice(u8)).create({ subscriberMaxBufferSize: 4 });
      const publisher = service.publisher({ allocationStrategy: "BestFit" });
      const subscriber = service.subscriber();
      const small = publisher.loan(1);
      small.payload = [1];
      publisher.sendCopy(filled(200));
      small.send();
      publisher.sendCopy(filled(50));
      const lengths: number[] = [];
      subscriber.drain(({ payload }) => lengths.push(payload.length));
      assert.deepEqual(lengths, [200, 1, 50]);
    }),
  );

  it(
    "does not grow because its chunks wait to be taken back",
    inDomain((node, domain) => {
      const service = node.service("a").publishSubscribe(slice(u8)).create();
      const publisher = service.publisher({ allocationStrategy: "BestFit", initialMaxSliceLen: 8 });
      const subscriber = service.subscriber();
      for (let i = 0; i < 1000; i++) {
        publisher.sendCopy(filled(8));
        if (i % 3 === 0) subscriber.drain(() => {});
      }
      const segments = domain.leftovers().filter((name) => /__\d+\.data$/.test(name));
      assert.deepEqual(segments.length, 1);
      assert.match(segments[0]!, /__0\.data$/);
    }),
  );

  it(
    "that has fewer chunks than the worst case needs makes more when all are out",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(slice(u8)).create();
      const overrideSamplePreallocation = (): number => 1;
      const fixed = service.publisher({ overrideSamplePreallocation });
      const loan = fixed.loan(1);
      assert.throws(() => fixed.loan(1), { code: "OutOfMemory" });
      loan.release();
      fixed.close();
      const growing = service.publisher({ overrideSamplePreallocation, allocationStrategy: "BestFit" });
      const loans = [growing.loan(1), growing.loan(1)];
      for (const one of loans) one.release();
      assert.throws(() => service.publisher({ overrideSamplePreallocation: () => 1.5 }), {
        code: "InvalidArgument",
      });
    }),
  );

  it(
    "without a strategy says which one to choose",
    inDomain((node) => {
      const publisher = node.service("a").publishSubscribe(slice(u8)).create().publisher();
      assert.throws(() => publisher.loan(2), {
        code: "ExceedsMaxLoanSize",
        message: /"BestFit" or "PowerOfTwo"/,
      });
      assert.equal(publisher.allocationStrategy, "Static");
    }),
  );

  it(
    "that lost a segment costs its subscriber the sample, not more",
    inDomain((node, domain) => {
      const service = node.service("a").publishSubscribe(slice(u8)).create({ subscriberMaxBufferSize: 4 });
      const publisher = service.publisher({ allocationStrategy: "BestFit" });
      const subscriber = service.subscriber();
      publisher.sendCopy(filled(100));
      const [segment] = domain.leftovers().filter((name) => name.includes("__1.data"));
      fs.renameSync(`/dev/shm/${segment}`, `/dev/shm/${segment}.hidden`);
      {
        using log = new LogCapture();
        assert.equal(subscriber.receive(), undefined);
        assert.match(log.messages.join(), /a chunk is lost/);
      }
      fs.renameSync(`/dev/shm/${segment}.hidden`, `/dev/shm/${segment}`);
      for (let i = 0; i < 200; i++) {
        publisher.sendCopy(filled(100));
        assert.equal(
          subscriber.drain(() => {}),
          1,
        );
      }
    }),
  );
});
