/** What only Rust can show: handlers, details of ports, the origin of samples. And the rest that must work with it. */
import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { describe, test } from "node:test";
import {
  type BackpressureAction,
  type BackpressureInfo,
  bytes,
  type DegradationAction,
  type DegradationCause,
  Node,
  type PublisherOptions,
  type SubscriberOptions,
  slice,
  u64,
  usize,
} from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { testBothDirections, withDomain } from "./domain.ts";
import { payloadsOf } from "./participant.ts";
import type { PeerObject, PeerPort, PeerSample } from "./peer.ts";
import { skipWithoutRust } from "./rust.ts";

const SHARED_MEMORY = "/dev/shm";

interface PortReport {
  readonly id: bigint;
  readonly node_id: bigint;
}

interface PortReports {
  readonly publishers: readonly PortReport[];
  readonly subscribers: readonly PortReport[];
}

describe("a sample", { skip: skipWithoutRust }, () => {
  test("of ours tells Rust where it came from", () =>
    withDomain(async (join) => {
      const [ours, theirs] = [await join("TypeScript"), await join("Rust")];
      const publisher = await (await ours.service("create", u64)).publisher();
      const subscriber = await (await theirs.service("open", u64)).subscriber();
      await publisher.send([1n]);
      const [sample] = await theirs.peer.request<(PeerSample & { readonly origin: bigint })[]>("receive", {
        subscriber: subscriber.handle,
      });
      assert.deepEqual(
        [sample?.origin, sample?.publisher_id, sample?.node_id],
        [publisher.id, publisher.id, ours.id],
      );
    }));

  test("of Rust's tells us where it came from, under the name of upstream's example", () =>
    withDomain(async (join, { config }) => {
      const theirs = await join("Rust");
      using node = Node.create({ config, signals: "ignore" });
      const { handle: service } = await theirs.peer.request<PeerObject>("publish_subscribe", {
        node: theirs.node,
        name: "My/Funk/ServiceName",
        verb: "open_or_create",
        payload: "usize",
      });
      const { handle: publisher, id } = await theirs.peer.request<PeerPort>("publisher", { service });
      const subscriber = node
        .service("My/Funk/ServiceName")
        .publishSubscribe(usize)
        .openOrCreate()
        .subscriber();
      assert.deepEqual(await theirs.peer.request("send", { publisher, values: [1234] }), [1]);
      using sample = subscriber.receive();
      assert.deepEqual(
        [sample?.payload, sample?.origin, sample?.header.publisherId, sample?.header.nodeId],
        [1234n, id, id, theirs.id],
      );
    }));

  testBothDirections(
    "may outgrow what its publisher began with, while older ones are held",
    async (from, to) => {
      const sending = await from.service("create", bytes, { qos: { subscriberMaxBorrowedSamples: 3 } });
      const publisher = await sending.publisher({
        initialMaxSliceLen: 16,
        allocationStrategy: "PowerOfTwo",
      });
      const subscriber = await (await to.service("open", bytes)).subscriber();
      const values = [16, 5000, 1 << 20].map((length, index) => new Uint8Array(length).fill(index + 1));
      const held = [];
      for (const value of values) {
        await publisher.send([value]);
        held.push(await subscriber.hold());
      }
      for (const [index, value] of values.entries()) assert.deepEqual(await held[index]?.payload(), value);
      for (const sample of held) await sample?.release();
    },
    "Rust",
  );

  testBothDirections(
    "is one of a hundred thousand, and none is lost",
    async (from, to) => {
      const qos = { enableSafeOverflow: false, subscriberMaxBufferSize: 64 };
      const sending = await from.service("create", slice(u64), { qos });
      const receiving = await to.service("open", slice(u64));
      const publisher = await sending.publisher({ initialMaxSliceLen: 16 });
      const subscriber = await receiving.subscriber();
      assert.equal(await subscriber.hasSamples(), false);
      const sent = publisher.sendNumbered(100_000, 16);
      assert.deepEqual(await subscriber.receiveNumbered(99_999, sent), {
        received: 100_000,
        skipped: 0,
        corrupt: 0,
        disordered: 0,
      });
      await sent;
    },
    "Rust",
  );
});

/** Options in our words; functions and names of Rust's own are put in beside them. */
const publishers: readonly (readonly [what: string, options: PublisherOptions, theirs?: object])[] = [
  ["without options", {}],
  ["with a name and more loans", { name: "front", maxLoanedSamples: 7 }],
  ["of long slices", { initialMaxSliceLen: 1000 }],
  ["that grows as needed", { initialMaxSliceLen: 3, allocationStrategy: "BestFit" }],
  ["that doubles", { allocationStrategy: "PowerOfTwo", backpressureStrategy: "DiscardData" }],
  ["with fewer chunks", { overrideSamplePreallocation: () => 5 }, { overrideSamplePreallocation: 5 }],
  [
    "with fewer chunks than any",
    { overrideSamplePreallocation: () => 0 },
    { overrideSamplePreallocation: 0 },
  ],
];
const subscribers: readonly (readonly [what: string, options: SubscriberOptions])[] = [
  ["without options", {}],
  ["with a name and a small buffer", { name: "back", bufferSize: 1 }],
  ["that wants a little history", { historyRequest: 1 }],
  ["that wants all history", { bufferSize: 3, historyRequest: 3 }],
];

describe("Rust sees our port as one of its own:", { skip: skipWithoutRust }, () => {
  const qos = { historySize: 3, subscriberMaxBufferSize: 4 };

  for (const [what, options, theirOptions] of publishers) {
    test(`a publisher ${what}`, () =>
      withDomain(async (join) => {
        const [ours, theirs] = [await join("TypeScript"), await join("Rust")];
        const ourService = await ours.service("create", bytes, { qos });
        const theirService = await theirs.service("open", bytes);
        const ourPort = await ourService.publisher(options);
        const theirPort = await theirService.publisher({ ...options, ...theirOptions });
        const { publishers } = await theirs.peer.request<PortReports>("publish_subscribe_ports", {
          service: theirService.handle,
        });
        const expected = publishers.find(({ id }) => id === theirPort.id);
        assert.ok(expected !== undefined);
        assert.deepEqual(
          publishers.find(({ id }) => id === ourPort.id),
          { ...expected, id: ourPort.id, node_id: ours.id },
        );
      }));
  }

  for (const [what, options] of subscribers) {
    test(`a subscriber ${what}`, () =>
      withDomain(async (join) => {
        const [ours, theirs] = [await join("TypeScript"), await join("Rust")];
        const ourService = await ours.service("create", bytes, { qos });
        const theirService = await theirs.service("open", bytes);
        const ourPort = await ourService.subscriber(options);
        const theirPort = await theirService.subscriber(options);
        const { subscribers } = await theirs.peer.request<PortReports>("publish_subscribe_ports", {
          service: theirService.handle,
        });
        const expected = subscribers.find(({ id }) => id === theirPort.id);
        assert.ok(expected !== undefined);
        assert.deepEqual(
          subscribers.find(({ id }) => id === ourPort.id),
          { ...expected, id: ourPort.id, node_id: ours.id },
        );
      }));
  }
});

const FULL = { enableSafeOverflow: false, subscriberMaxBufferSize: 1 };
const UNABLE = { name: "SendError", code: "UnableToDeliver" };

describe("a back-pressure handler", { skip: skipWithoutRust }, () => {
  for (const [then, outcome] of [
    ["DiscardData", [0]],
    ["DiscardDataAndFail", UNABLE],
  ] as const) {
    test(`of Rust's asks about our subscriber: ${then}`, () =>
      withDomain(async (join) => {
        const [theirs, ours] = [await join("Rust"), await join("TypeScript")];
        const service = await theirs.service("create", u64, { qos: FULL });
        const publisher = await service.publisher({ backpressureHandler: { retries: 2, then } });
        const subscriber = await (await ours.service("open", u64)).subscriber();
        assert.equal(await subscriber.hasSamples(), false);
        assert.deepEqual(await publisher.send([1n]), [1]);
        const second = publisher.send([2n]);
        if (Array.isArray(outcome)) assert.deepEqual(await second, outcome);
        else await assert.rejects(second, outcome);
        const reports = await theirs.peer.request<BackpressureReport[]>("handler_reports", {
          port: publisher.handle,
        });
        assert.deepEqual(
          reports.map((report) => [report.sender_port_id, report.receiver_port_id, report.retries]),
          [0, 1, 2].map((retries) => [publisher.id, subscriber.id, retries]),
        );
        assert.deepEqual(payloadsOf(await subscriber.receive()), [1n]);
      }));

    test(`of ours asks about Rust's subscriber: ${then}`, () =>
      withDomain(async (join) => {
        const [ours, theirs] = [await join("TypeScript"), await join("Rust")];
        const service = await ours.service("create", u64, { qos: FULL });
        const infos: BackpressureInfo[] = [];
        const backpressureHandler = (info: BackpressureInfo): BackpressureAction => {
          infos.push(info);
          return then;
        };
        const publisher = await service.publisher({ backpressureHandler });
        const subscriber = await (await theirs.service("open", u64)).subscriber();
        assert.equal(await subscriber.hasSamples(), false);
        assert.deepEqual(await publisher.send([1n]), [1]);
        const second = publisher.send([2n]);
        if (Array.isArray(outcome)) assert.deepEqual(await second, outcome);
        else await assert.rejects(second, outcome);
        assert.deepEqual(
          infos.map((info) => [info.senderPortId, info.receiverPortId, info.retries]),
          [[publisher.id, subscriber.id, 0]],
        );
        assert.deepEqual(payloadsOf(await subscriber.receive()), [1n]);
      }));
  }
});

interface BackpressureReport {
  readonly sender_port_id: bigint;
  readonly receiver_port_id: bigint;
  readonly retries: number;
}

/** Puts something else in the place of a publisher's memory, so that nobody can connect to it any more. */
function spoilDataSegment({ prefix }: TestDomain, publisherId: bigint): void {
  const segment = new RegExp(`^${prefix}[0-9a-f]{40}_${publisherId}\\.`);
  const names = readdirSync(SHARED_MEMORY).filter((name) => segment.test(name));
  assert.equal(names.length, 1, names.join(" "));
  for (const path of names.map((name) => joinPath(SHARED_MEMORY, name))) {
    rmSync(path);
    writeFileSync(path, new Uint8Array(8192).fill(0xff), { mode: 0o600 });
  }
}

describe("a degradation handler", { skip: skipWithoutRust }, () => {
  for (const [action, outcome] of [
    ["Ignore", false],
    ["DegradeAndFail", { name: "ConnectionFailure" }],
  ] as const) {
    test(`of Rust's is told about our publisher with foreign memory: ${action}`, () =>
      withDomain(async (join, domain) => {
        const [ours, theirs] = [await join("TypeScript"), await join("Rust")];
        const service = await theirs.service("create", u64);
        const subscriber = await service.subscriber({ degradationHandler: action });
        const publisher = await (await ours.service("open", u64)).publisher();
        spoilDataSegment(domain, publisher.id);
        if (outcome === false) assert.equal(await subscriber.hasSamples(), outcome);
        else await assert.rejects(subscriber.hasSamples(), outcome);
        const [report] = await theirs.peer.request<DegradationReport[]>("handler_reports", {
          port: subscriber.handle,
        });
        assert.deepEqual(
          [report?.cause, report?.sender_port_id, report?.receiver_port_id],
          ["FailedToEstablishConnection", publisher.id, subscriber.id],
        );
      }));
  }

  test("of ours is told about Rust's publisher with foreign memory", () =>
    withDomain(async (join, domain) => {
      const [theirs, ours] = [await join("Rust"), await join("TypeScript")];
      const service = await ours.service("create", u64);
      const publisher = await (await theirs.service("open", u64)).publisher();
      spoilDataSegment(domain, publisher.id);
      const reports: [DegradationCause, bigint, bigint][] = [];
      const subscriber = await service.subscriber({
        degradationHandler(cause, { senderPortId, receiverPortId }): DegradationAction {
          reports.push([cause, senderPortId, receiverPortId]);
          return "Ignore";
        },
      });
      assert.equal(await subscriber.hasSamples(), false);
      assert.deepEqual(reports[0], ["FailedToEstablishConnection", publisher.id, subscriber.id]);
    }));
});

interface DegradationReport {
  readonly cause: string;
  readonly sender_port_id: bigint;
  readonly receiver_port_id: bigint;
}
