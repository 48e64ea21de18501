import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { ClosedError, InvalidArgumentError } from "../base/general-errors.ts";
import { bytes } from "../payload/slice.ts";
import { LoanError, SendError } from "../port/common/port-errors.ts";
import { EventOpenError } from "../service/event-errors.ts";
import { PublishSubscribeOpenError } from "../service/publish-subscribe-errors.ts";
import { Child, moduleUrl } from "../testing/child.test-support.ts";
import { inDomain, inDomainAsync } from "../testing/in-domain.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { Listener } from "./listener.ts";
import { Notifier } from "./notifier.ts";
import { Publisher } from "./publisher.ts";
import { Subscriber } from "./subscriber.ts";

describe("publisher and subscriber on bytes", () => {
  it(
    "push and pop, and have the original's defaults",
    inDomain((node) => {
      using publisher = Publisher.create("bytes", {}, {}, { node });
      using subscriber = Subscriber.create("bytes", {}, {}, { node });
      assert.equal(subscriber.pop(), undefined);
      for (const length of [0, 1, 512]) {
        assert.equal(publisher.push(new Uint8Array(length).fill(length)), 1);
        assert.deepEqual(subscriber.pop(), new Uint8Array(length).fill(length));
      }
      assert.throws(
        () => publisher.push(new Uint8Array(513)),
        (error) => error instanceof LoanError && error.code === "ExceedsMaxLoanSize",
      );
      // The service has safe overflow, the subscriber a buffer of one.
      for (const value of [1, 2]) publisher.push(Uint8Array.of(value));
      assert.deepEqual(subscriber.pop(), Uint8Array.of(2));
      const service = node.service("bytes").publishSubscribe(bytes).open();
      assert.deepEqual(
        [service.publishers()[0]!.maxSliceLen, service.subscribers()[0]!.bufferSize],
        [512, 1],
      );
    }),
  );

  it(
    "apply the settings of the service, which the original does not",
    inDomainAsync(async (node) => {
      const config = { enableSafeOverflow: false, subscriberMaxBufferSize: 3, maxPublishers: 1 };
      using publisher = Publisher.create(
        "bytes",
        config,
        { unableToDeliverStrategy: "block", allocationStrategy: "power_of_two" },
        { node },
      );
      using subscriber = Subscriber.create("bytes", config, { bufferSize: 3 }, { node });
      subscriber.pop();
      for (let i = 0; i < 3; i++) publisher.push(new Uint8Array(1000 * i));
      assert.throws(
        () => publisher.push(Uint8Array.of(4)),
        (error) => error instanceof SendError && error.code === "UnableToDeliver",
      );
      const waiting = publisher.send(Uint8Array.of(4));
      for (let i = 0; i < 3; i++) assert.equal(subscriber.pop()?.length, 1000 * i);
      assert.equal(await waiting, 1);
      assert.deepEqual(subscriber.pop(), Uint8Array.of(4));
      assert.throws(
        () => Subscriber.create("bytes", { subscriberMaxBufferSize: 4 }, {}, { node }),
        (error) =>
          error instanceof PublishSubscribeOpenError && error.code === "DoesNotSupportRequestedMinBufferSize",
      );
      publisher.close();
      assert.throws(() => publisher.push(Uint8Array.of(1)), ClosedError);
      assert.equal(publisher.closed, true);
    }),
  );

  it(
    "take the original's strings and upstream's names, and no others",
    inDomain((node) => {
      const strategies = [
        ["static", "Static"],
        ["best_fit", "BestFit"],
        ["power_of_two", "PowerOfTwo"],
      ] as const;
      for (const allocationStrategy of strategies.flat()) {
        for (const unableToDeliverStrategy of [
          "block",
          "discard_sample",
          "RetryUntilDelivered",
          "DiscardData",
        ] as const) {
          Publisher.create("bytes", {}, { allocationStrategy, unableToDeliverStrategy }, { node }).close();
        }
      }
      for (const wrong of [
        { allocationStrategy: "dynamic" },
        { unableToDeliverStrategy: "toString" },
      ] as never[]) {
        assert.throws(() => Publisher.create("bytes", {}, wrong, { node }), InvalidArgumentError);
      }
    }),
  );

  it("make a node of their own where they are given none, and close it", async () => {
    using domain = new TestDomain();
    const directory = path.join(domain.rootPath, "work", "config");
    mkdirSync(directory, { recursive: true });
    const settings = `[global]\nroot-path = '${domain.rootPath}'\nprefix = '${domain.prefix}'\n`;
    const file = path.join(directory, "iceoryx2.toml");
    writeFileSync(file, settings);
    const child = new Child(
      domain,
      `import { Publisher, Subscriber, Notifier, Listener } from "${moduleUrl("../lowlevel.js")}";
       process.chdir(${JSON.stringify(path.dirname(directory))});
       const ports = [Publisher, Subscriber, Notifier, Listener].map((Port) => Port.create(Port.name));
       say(Node.list(config).length);
       for (const port of ports) port.close();
       say(Node.list(config).length);`,
    );
    const { stdout, stderr, code } = await child.ending();
    assert.deepEqual([stdout, stderr, code], ["4\n0\n", "", 0]);
    assert.deepEqual(domain.leftovers(), [file]);
    assert.notEqual(process.cwd(), path.dirname(directory));
  });
});

describe("notifier and listener", () => {
  it(
    "wait for one event, or for all",
    inDomainAsync(async (node) => {
      using listener = Listener.create("events", {}, { node });
      using notifier = Notifier.create("events", {}, { node });
      assert.equal(await listener.timedWaitOne(1), undefined);
      assert.deepEqual(await listener.timedWaitAll(1), []);
      for (const id of [7, 3, 7]) assert.equal(notifier.notify(id), 1);
      assert.equal(await listener.timedWaitOne(1000), 3);
      notifier.notify(5);
      assert.deepEqual(await listener.timedWaitAll(1000), [5, 7]);
      const waiting = listener.timedWaitOne(100_000);
      setImmediate(() => notifier.notify(9));
      assert.equal(await waiting, 9);
    }),
  );

  it(
    "wait for certain events without losing the others",
    inDomainAsync(async (node) => {
      using listener = Listener.create("events", {}, { node });
      using notifier = Notifier.create("events", {}, { node });
      const waiting = listener.waitEvent(4);
      for (const id of [1, 2, 4]) setImmediate(() => notifier.notify(id));
      assert.equal(await waiting, true);
      assert.deepEqual(await listener.waitEvents([2, 1, 8]), [1, 2]);
      assert.equal(await listener.waitEvent(3, { timeout: 2 }), false);
      const controller = new AbortController();
      const aborted = listener.waitEvent(3, { signal: controller.signal });
      controller.abort(new Error("enough"));
      await assert.rejects(aborted, /enough/);
    }),
  );

  it(
    "ask again while the event does not come",
    inDomainAsync(async (node) => {
      using listener = Listener.create("events", {}, { node });
      using notifier = Notifier.create("events", {}, { node });
      let asked = 0;
      const retry = (): void => {
        if (++asked === 3) notifier.notify(1);
      };
      assert.equal(await listener.waitEvent(1, { retry, retryPeriod: 1 }), true);
      assert.equal(asked, 3);
      assert.equal(await listener.waitEvent(2, { retry, retryPeriod: 1, timeout: 5 }), false);
      const waiting = listener.waitEvent(2, { retry, retryPeriod: 1 });
      setImmediate(() => listener.close());
      assert.equal(await waiting, false);
    }),
  );

  it(
    "apply the settings of the service",
    inDomain((node) => {
      using listener = Listener.create("events", { eventIdMaxValue: 4, maxListeners: 1 }, { node });
      using notifier = Notifier.create("events", {}, { node });
      assert.throws(() => notifier.notify(5));
      assert.throws(() => Listener.create("events", { maxListeners: 2 }, { node }), EventOpenError);
      assert.equal(listener.closed, false);
    }),
  );
});
