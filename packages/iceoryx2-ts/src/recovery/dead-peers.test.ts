/** Ports whose peers die: what was sent arrives, what was lent comes back, connections at any stage do no harm. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import type { Node } from "../api/node.ts";
import { ServiceBuilder } from "../api/service-builder.ts";
import { type U64, u64 } from "../payload/scalars.ts";
import type { Publisher } from "../port/publish-subscribe/publisher.ts";
import type { Subscriber } from "../port/publish-subscribe/subscriber.ts";
import { inDomain } from "../testing/in-domain.test-support.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import type { TestDomain } from "../testing/test-domain.ts";
import { STATE } from "../transport/connection-layout.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { MortalNode, ON_DEMAND } from "./mortal-node.test-support.ts";

const QOS = { subscriberMaxBufferSize: 3, subscriberMaxBorrowedSamples: 2, historySize: 1, maxPublishers: 3 };
const CLEANED = { cleanups: 1, failedCleanups: 0 };

type Service = ReturnType<ReturnType<typeof ServiceBuilder.prototype.publishSubscribe<U64>>["open"]>;

function createService(node: Node): Service {
  return node.service("a").publishSubscribe(u64).create(QOS);
}

function join({ config }: TestDomain): { readonly node: MortalNode; readonly service: Service } {
  const node = new MortalNode(config);
  return { node, service: new ServiceBuilder(node.state, "a").publishSubscribe(u64).open() };
}

/** Loans and sends as many samples as the publisher promised, twice. */
function assertAllChunksAreFree(publisher: Publisher<U64>, maxLoanedSamples: number): void {
  for (let round = 0; round < 20; round++) {
    const loans = Array.from({ length: maxLoanedSamples }, () => publisher.loan());
    for (const loan of loans) loan.send();
  }
}

function drain(subscriber: Subscriber<U64>, max: number = Number.POSITIVE_INFINITY): bigint[] {
  const values: bigint[] = [];
  while (values.length < max) {
    using sample = subscriber.receive();
    if (sample === undefined) break;
    values.push(sample.payload);
  }
  return values;
}

describe("a publisher that died", () => {
  it(
    "has delivered what it sent, and held samples stay readable when it is cleaned up",
    inDomain((node, domain) => {
      const subscriber = createService(node).subscriber();
      const dead = join(domain);
      const publisher = dead.service.publisher();
      for (const value of [1n, 2n]) publisher.sendCopy(value);
      const held = subscriber.receive()!;
      for (const value of [3n, 4n]) publisher.sendCopy(value);
      dead.node.die();
      assert.equal(held.payload, 1n);
      assert.deepEqual(drain(subscriber, 1), [2n]);
      assert.deepEqual(node.tryCleanupDeadNodes(), CLEANED);
      assert.equal(held.payload, 1n);
      assert.deepEqual(drain(subscriber), [3n, 4n]);
      assert.equal(held.payload, 1n);
      held.release();
      assert.equal(subscriber.receive(), undefined);
    }, ON_DEMAND),
  );

  it(
    "makes room for the next one, which delivers to the same subscriber",
    inDomain((node, domain) => {
      const service = createService(node);
      const subscriber = service.subscriber();
      for (let round = 0n; round < 5n; round++) {
        const dead = join(domain);
        dead.service.publisher().sendCopy(round);
        dead.node.die();
        assert.deepEqual(drain(subscriber), [round]);
        assert.deepEqual(service.tryCleanupDeadNodes(), CLEANED);
      }
    }, ON_DEMAND),
  );
});

describe("a subscriber that died", () => {
  it(
    "gives everything back that it had queued and borrowed",
    inDomain((node, domain) => {
      const service = createService(node);
      const maxLoanedSamples = 3;
      const publisher = service.publisher({ maxLoanedSamples });
      for (let round = 0; round < 5; round++) {
        const dead = join(domain);
        const subscriber = dead.service.subscriber();
        publisher.sendCopy(1n);
        publisher.sendCopy(2n);
        assert(subscriber.receive());
        assert(subscriber.receive());
        for (const value of [3n, 4n, 5n]) publisher.sendCopy(value);
        dead.node.die();
        assert.deepEqual(node.tryCleanupDeadNodes(), CLEANED);
        assertAllChunksAreFree(publisher, maxLoanedSamples);
      }
      const survivor = service.subscriber();
      assert.equal(publisher.sendCopy(6n), 1);
      assert.equal(drain(survivor).at(-1), 6n);
    }, ON_DEMAND),
  );
});

/** A connection file as its creator may have left it; that it is complete is the case of the tests above. */
const STAGES: readonly (readonly [what: string, change: (path: string) => void])[] = [
  ["is empty", (path) => rewrite(path, () => Buffer.alloc(0), 0o200)],
  ["is all zero", (path) => rewrite(path, (content) => Buffer.alloc(content.length), 0o200)],
  ["is complete but for its mode", (path) => rewrite(path, (content) => content, 0o200)],
  ["is complete but for its version", (path) => rewrite(path, (content) => content.fill(0, 0, 8), 0o600)],
  ["is cut off", (path) => rewrite(path, (content) => content.subarray(0, 40), 0o600)],
  ["has nobody", (path) => rewrite(path, withState(0), 0o600)],
  ["is marked for destruction", (path) => rewrite(path, withState(0x80), 0o600)],
  ["is not there", (path) => fs.rmSync(path)],
];

function withState(state: number): (content: Buffer) => Buffer {
  return (content) => content.fill(state, STATE, STATE + 1);
}

/** Puts another file into the place, so that mappings of the old one stay as they are. */
function rewrite(path: string, change: (content: Buffer) => Buffer, mode: number): void {
  const content = change(fs.readFileSync(path));
  fs.rmSync(path);
  fs.writeFileSync(path, content);
  fs.chmodSync(path, mode);
}

describe("a connection that", () => {
  for (const [what, change] of STAGES) {
    const connectionPath = ({ config }: TestDomain, publisherId: bigint, subscriberId: bigint): string =>
      `/dev/shm/${sharedMemoryNames.connection(config, publisherId, subscriberId)}`;

    it(
      `${what} when its publisher dies does the subscriber no harm`,
      inDomain((node, domain) => {
        using _log = new LogCapture();
        const service = createService(node);
        const subscriber = service.subscriber();
        const dead = join(domain);
        const publisher = dead.service.publisher();
        publisher.sendCopy(1n);
        change(connectionPath(domain, publisher.id, subscriber.id));
        assert(drain(subscriber).every((value) => value === 1n));
        dead.node.die();
        assert(drain(subscriber).every((value) => value === 1n));
        assert.deepEqual(node.tryCleanupDeadNodes(), CLEANED);
        assert.deepEqual(drain(subscriber), []);

        assert.equal(service.publisher().sendCopy(2n), 1);
        assert.deepEqual(drain(subscriber), [2n]);
      }, ON_DEMAND),
    );

    it(
      `${what} when its subscriber dies does the publisher no harm`,
      inDomain((node, domain) => {
        using _log = new LogCapture();
        const service = createService(node);
        const maxLoanedSamples = 2;
        const publisher = service.publisher({ maxLoanedSamples });
        const dead = join(domain);
        const subscriber = dead.service.subscriber();
        change(connectionPath(domain, publisher.id, subscriber.id));
        publisher.sendCopy(1n);
        dead.node.die();
        publisher.sendCopy(2n);
        assert.deepEqual(node.tryCleanupDeadNodes(), CLEANED);
        assertAllChunksAreFree(publisher, maxLoanedSamples);

        const survivor = service.subscriber();
        assert.equal(publisher.sendCopy(3n), 1);
        assert.equal(drain(survivor).at(-1), 3n);
      }, ON_DEMAND),
    );
  }
});
