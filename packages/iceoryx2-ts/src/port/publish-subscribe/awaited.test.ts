import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { inDomainAsync } from "../../testing/in-domain.test-support.ts";

const LOSSLESS = { enableSafeOverflow: false, subscriberMaxBufferSize: 2 };

/** A publisher that waits for a full subscriber, and the subscriber. */
const pair = (node: Parameters<Parameters<typeof inDomainAsync>[0]>[0]) => {
  const service = node.service("a").publishSubscribe(u64).openOrCreate(LOSSLESS);
  return { publisher: service.publisher(), subscriber: service.subscriber() };
};

describe("an awaited send", () => {
  it(
    "that waits is ended by its node, of which nothing is left",
    inDomainAsync(async (node) => {
      const { publisher } = pair(node);
      publisher.sendCopy(1n);
      publisher.sendCopy(2n);
      const rejections = [3n, 4n].map((value) => assert.rejects(publisher.send(value), { code: "Closed" }));
      await turn();
      node.close();
      await Promise.all(rejections);
    }),
  );

  it(
    "waits for room, delivers once, and keeps the order of the calls",
    inDomainAsync(async (node) => {
      const { publisher, subscriber } = pair(node);
      const sends = [1n, 2n, 3n, 4n, 5n, 6n].map((value) => publisher.send(value));
      const received: bigint[] = [];
      for await (const sample of subscriber) {
        received.push(sample.payload);
        if (received.length === 6) break;
      }
      assert.deepEqual(received, [1n, 2n, 3n, 4n, 5n, 6n]);
      assert.deepEqual(await Promise.all(sends), [1, 1, 1, 1, 1, 1]);
      assert.equal(subscriber.receive(), undefined);
    }),
  );

  it(
    "that runs out of time reaches nobody, and the next one goes on",
    inDomainAsync(async (node) => {
      const { publisher, subscriber } = pair(node);
      publisher.sendCopy(1n);
      publisher.sendCopy(2n);
      await assert.rejects(publisher.send(3n, { timeout: 5 }), { name: "TimeoutError", code: "Timeout" });
      const next = publisher.send(4n);
      assert.equal(
        subscriber.drain(() => {}),
        2,
      );
      assert.equal(await next, 1);
      assert.equal(subscriber.receive()?.payload, 4n);
      assert.equal(subscriber.receive(), undefined);
    }),
  );

  it(
    "that waits for its turn runs out of time as well, and copies its value only then",
    inDomainAsync(async (node) => {
      const service = node.service("b").publishSubscribe(bytes).create(LOSSLESS);
      const publisher = service.publisher({ initialMaxSliceLen: 1 });
      const subscriber = service.subscriber();
      publisher.sendCopy([0]);
      publisher.sendCopy([0]);
      const value = Uint8Array.of(1);
      const first = publisher.send([9]);
      const second = publisher.send(value);
      const third = publisher.send([8], { timeout: 5 });
      await assert.rejects(third, { code: "Timeout" });
      value[0] = 2;
      subscriber.drain(() => {});
      await Promise.all([first, second]);
      const received: number[] = [];
      subscriber.drain((sample) => received.push(sample.payload[0]!));
      assert.deepEqual(received, [9, 2]);
    }),
  );

  it(
    "is rejected with the signal's reason and when the publisher closes; chunks come back",
    inDomainAsync(async (node) => {
      const { publisher } = pair(node);
      publisher.sendCopy(1n);
      publisher.sendCopy(2n);
      const controller = new AbortController();
      const aborted = publisher.send(3n, { signal: controller.signal });
      controller.abort(new Error("enough"));
      await assert.rejects(aborted, /enough/);
      const waiting = [publisher.send(4n), publisher.send(5n)];
      publisher.close();
      for (const send of waiting) await assert.rejects(send, { code: "Closed" });
      await assert.rejects(publisher.send(6n), { code: "Closed" });
    }),
  );

  it(
    "of a loan leaves it to its user if nobody got it",
    inDomainAsync(async (node) => {
      const { publisher, subscriber } = pair(node);
      publisher.sendCopy(1n);
      publisher.sendCopy(2n);
      const loan = publisher.loan();
      loan.payload = 3n;
      await assert.rejects(publisher.send(loan, { timeout: 2 }), { code: "Timeout" });
      assert.equal(loan.released, false);
      subscriber.drain(() => {});
      assert.equal(await publisher.send(loan), 1);
      assert.equal(loan.released, true);
      assert.equal(subscriber.receive()?.payload, 3n);
      await assert.rejects(publisher.send(loan), { code: "UseAfterRelease" });
      const other = node.service("a").publishSubscribe(u64).open().publisher();
      await assert.rejects(other.send(publisher.loan()), { code: "InvalidArgument" });
    }),
  );

  it(
    "does not wait for a subscriber that leaves",
    inDomainAsync(async (node) => {
      const { publisher, subscriber } = pair(node);
      publisher.sendCopy(1n);
      publisher.sendCopy(2n);
      const send = publisher.send(3n);
      subscriber.close();
      assert.equal(await send, 0);
    }),
  );

  it(
    "that blocks does not wait for its own thread",
    inDomainAsync(async (node) => {
      const { publisher, subscriber } = pair(node);
      assert.equal(publisher.sendSync(1n, 1000), 1);
      assert.equal(publisher.sendSync(2n, 1000), 1);
      assert.throws(() => publisher.sendSync(3n, 1000), {
        code: "UnableToDeliver",
        message: /in this thread/,
      });
      subscriber.drain(() => {});
      assert.equal(publisher.sendSync(4n, 1000), 1);
    }),
  );
});

describe("a loop over samples", () => {
  it(
    "releases what it handed out, unless it is kept",
    inDomainAsync(async (node) => {
      const service = node.service("a").publishSubscribe(u64).create();
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      const seen = [];
      let count = 0n;
      publisher.sendCopy(count);
      for await (const sample of subscriber) {
        if (sample.payload === 1n) sample.keep();
        seen.push(sample);
        if (count === 3n) break;
        publisher.sendCopy(++count);
      }
      assert.deepEqual(
        seen.map((sample) => sample.released),
        [true, false, true, true],
      );
      assert.equal(seen[1]!.payload, 1n);
      seen[1]!.release();
    }),
  );

  it(
    "ends when its time passes and when the subscriber closes, and may be entered again",
    inDomainAsync(async (node) => {
      const { subscriber, publisher } = pair(node);
      for await (const _ of subscriber.samples({ timeout: 2 })) assert.fail("nothing was sent");
      publisher.sendCopy(7n);
      for await (const sample of subscriber.samples({ timeout: 2, poll: false }))
        assert.equal(sample.payload, 7n);
      const loop = (async () => {
        for await (const _ of subscriber) assert.fail("nothing was sent");
      })();
      setImmediate(() => subscriber.close());
      await loop;
      assert.throws(() => subscriber.samples(), { code: "Closed" });
    }),
  );

  it(
    "is rejected with the signal's reason, and loses nothing",
    inDomainAsync(async (node) => {
      const { subscriber, publisher } = pair(node);
      const controller = new AbortController();
      const next = subscriber.samples({ signal: controller.signal }).next();
      controller.abort(new Error("enough"));
      publisher.sendCopy(1n);
      await assert.rejects(next, /enough/);
      assert.equal(subscriber.receive()?.payload, 1n);
    }),
  );

  it(
    "has the subscriber for itself",
    inDomainAsync(async (node) => {
      const { subscriber } = pair(node);
      const first = subscriber.samples().next();
      await assert.rejects(subscriber.samples().next(), { code: "AlreadyWaiting" });
      subscriber.close();
      assert.deepEqual(await first, { done: true, value: undefined });
    }),
  );

  it(
    "connects to a publisher that comes while it waits",
    inDomainAsync(async (node) => {
      const service = node.service("a").publishSubscribe(u64).create({ historySize: 1 });
      const subscriber = service.subscriber();
      setTimeout(() => service.publisher().sendCopy(5n), 3);
      for await (const { payload } of subscriber) {
        assert.equal(payload, 5n);
        break;
      }
    }),
  );

  it(
    "refuses a pause that is none",
    inDomainAsync(async (node) => {
      const { subscriber } = pair(node);
      for (const poll of [0, -1, Number.NaN]) {
        assert.throws(() => subscriber.samples({ poll }), { code: "InvalidArgument" });
      }
    }),
  );
});
