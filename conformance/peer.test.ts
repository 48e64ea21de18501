/** Proves that the tests' peer works: two Python processes, one domain, no TypeScript in between. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TestDomain } from "iceoryx2-ts/testing";
import { Peer, PeerError, type PeerObject, type PeerPort, type PeerSample } from "./peer.ts";
import { fromLine, toLine } from "./peer-json.ts";
import { skipWithoutPython } from "./python.ts";

const TransmissionData = { struct: "TransmissionData", fields: { x: "i32", y: "i32", funky: "f64" } };

/** Two peers and a node in each, in a domain of their own, of which nothing may be left. */
async function withPeers(
  body: (a: Peer, b: Peer, nodeA: number, nodeB: number) => Promise<void>,
): Promise<void> {
  using domain = new TestDomain();
  await using a = await Peer.start();
  await using b = await Peer.start();
  const place = { prefix: domain.prefix, root_path: domain.rootPath };
  const nodeA = await a.request<PeerObject>("node_create", { ...place, name: "a" });
  const nodeB = await b.request<PeerObject>("node_create", { ...place, name: "b" });
  await body(a, b, nodeA.handle, nodeB.handle);
  await Promise.all([a.close(), b.close()]);
  domain.assertClean();
}

interface Exchange {
  readonly publisher: number;
  readonly subscriber: number;
}

async function exchange(
  a: Peer,
  b: Peer,
  nodes: [number, number],
  payload: unknown,
  more = {},
): Promise<Exchange> {
  const [nodeA, nodeB] = nodes;
  const {
    qos = {},
    options = {},
    attributes,
  } = more as { qos?: object; options?: object; attributes?: unknown };
  const types = { name: "a service", payload, qos, ...(attributes === undefined ? {} : { attributes }) };
  const ours = await a.request<PeerObject>("publish_subscribe", { node: nodeA, verb: "create", ...types });
  const theirs = await b.request<PeerObject>("publish_subscribe", { node: nodeB, verb: "open", ...types });
  const publisher = await a.request<PeerPort>("publisher", { service: ours.handle, options });
  const subscriber = await b.request<PeerPort>("subscriber", { service: theirs.handle });
  await a.request("update_connections", { port: publisher.handle });
  return { publisher: publisher.handle, subscriber: subscriber.handle };
}

test("lines carry bigints and bytes exactly", () => {
  const value = {
    id: 2n ** 127n,
    payload: new Uint8Array([0, 255]),
    words: BigUint64Array.of(1n),
    text: "5n",
  };
  assert.deepEqual(fromLine(toLine(value)), { ...value, words: [1n] });
});

describe("a Python peer", { skip: skipWithoutPython }, () => {
  test("exchanges a u64", async () => {
    await withPeers(async (a, b, ...nodes) => {
      const { publisher, subscriber } = await exchange(a, b, nodes, "u64");
      assert.equal(await b.request("has_samples", { subscriber }), false);
      assert.deepEqual(await a.request("send", { publisher, values: [2n ** 64n - 1n] }), [1]);
      assert.equal(await b.request("has_samples", { subscriber }), true);
      const samples = await b.request<PeerSample<bigint>[]>("receive", { subscriber, max_samples: 2 });
      assert.deepEqual(
        samples.map(({ payload }) => payload),
        [2n ** 64n - 1n],
      );
    });
  });

  const slices: [name: string, payload: unknown, value: unknown][] = [
    ["bytes", { slice: "u8" }, new Uint8Array([1, 2, 3])],
    ["u64", { slice: "u64" }, [5n, 6n]],
    ["structures", { slice: TransmissionData }, [{ x: 1, y: -2, funky: 0.5 }]],
    ["nothing", { slice: "u64" }, []],
  ];
  for (const [name, payload, value] of slices) {
    test(`exchanges a slice of ${name}`, async () => {
      await withPeers(async (a, b, ...nodes) => {
        const options = { initial_max_slice_len: 3 };
        const { publisher, subscriber } = await exchange(a, b, nodes, payload, { options });
        await a.request("send", { publisher, values: [value] });
        const [sample] = await b.request<PeerSample[]>("receive", { subscriber });
        assert.deepEqual(sample?.payload, value);
      });
    });
  }

  test("knows nested structures, arrays, user headers, attributes and options", async () => {
    await withPeers(async (a, _b, node) => {
      const inner = { struct: "Inner", fields: { flag: "bool", count: "usize" } };
      const payload = {
        struct: "Outer",
        fields: { inner, matrix: { array: { array: "f32", length: 2 }, length: 2 } },
      };
      const value = {
        inner: { flag: true, count: 7n },
        matrix: [
          [0, 1],
          [2, 3],
        ],
      };
      const qos = { history_size: 1, subscriber_max_buffer_size: 4, payload_alignment: 64 };
      const types = {
        name: "typed",
        verb: "create",
        payload,
        user_header: "i16",
        qos,
        attributes: [["camera", "left"]],
      };
      const service = (await a.request<PeerObject>("publish_subscribe", { node, ...types })).handle;
      assert.deepEqual(await a.request("service_attributes", { service }), [["camera", "left"]]);

      const options = { name: "front", backpressure_strategy: "DiscardData" };
      const publisher = (await a.request<PeerPort>("publisher", { service, options })).handle;
      await a.request("send", { publisher, values: [value], user_header: -3 });
      const subscriber = (await a.request<PeerPort>("subscriber", { service, options: { buffer_size: 2 } }))
        .handle;
      await a.request("update_connections", { port: publisher });
      const held = await a.request<PeerObject & PeerSample>("receive_and_hold", { subscriber });
      assert.deepEqual([held.payload, held.user_header], [value, -3]);
      assert.deepEqual((await a.request<PeerSample>("read_held", { sample: held.handle })).payload, value);
      await a.request("drop", { handle: held.handle });
      const config = await a.request<Record<string, unknown>>("publish_subscribe_config", { service });
      assert.deepEqual([config["subscriber_max_buffer_size"], config["publishers"]], [4, 1]);
    });
  });

  for (const [payload, words] of [
    ["u64", 1],
    [{ slice: "u8" }, 4],
    [{ slice: "u64" }, 3],
  ] as const) {
    test(`exchanges 100 000 numbered messages of ${words} words`, async () => {
      await withPeers(async (a, b, ...nodes) => {
        const options = typeof payload === "string" ? {} : { initial_max_slice_len: words * 8 };
        const qos = { enable_safe_overflow: false, subscriber_max_buffer_size: 16 };
        const { publisher, subscriber } = await exchange(a, b, nodes, payload, { qos, options });
        const report = b.request("receive_many", { subscriber, last: 99_999, timeout: 600 });
        const sent = await a.request("send_many", { publisher, count: 100_000, words });
        assert.deepEqual(sent, { receivers: 100_000 });
        assert.deepEqual(await report, { received: 100_000, skipped: 0, corrupt: 0, disordered: 0 });
      });
    });
  }

  test("lists services and nodes, and drops what it is told to", async () => {
    await withPeers(async (a, b, nodeA, nodeB) => {
      const service = { node: nodeA, name: "listed", verb: "create", payload: "u64" };
      const { handle } = await a.request<PeerObject>("publish_subscribe", service);
      const listed = await b.request<Record<string, unknown>[]>("service_list", { node: nodeB });
      assert.deepEqual(
        listed.map(({ name, messaging_pattern: pattern }) => [name, pattern]),
        [["listed", "PublishSubscribe"]],
      );
      const nodes = await b.request<{ state: string }[]>("node_list", { node: nodeB });
      assert.deepEqual(
        nodes.map(({ state }) => state),
        ["Alive", "Alive"],
      );
      await a.request("drop", { handle });
      assert.deepEqual(await b.request("service_list", { node: nodeB }), []);
    });
  });

  test("reports upstream's errors by name and goes on", async () => {
    await withPeers(async (a, b, ...nodes) => {
      await exchange(a, b, nodes, "u64");
      const other = { node: nodes[1], name: "a service", verb: "open", payload: "u32" };
      await assert.rejects(b.request("publish_subscribe", other), (error: PeerError) => {
        assert.ok(error instanceof PeerError);
        assert.deepEqual([error.name, error.code], ["PublishSubscribeOpenError", "IncompatibleTypes"]);
        return true;
      });
      await assert.rejects(b.request("no_such_command"), { name: "UnknownCommand" });
      assert.equal(((await b.request("describe")) as { pid: number }).pid, b.pid);
    });
  });

  test("dies when killed, and another peer cleans up behind it", async () => {
    await withPeers(async (a, b, ...nodes) => {
      const { subscriber } = await exchange(a, b, nodes, "u64");
      // Nothing is ever sent: only its end can end this.
      const waiting = b.request("receive_many", { subscriber, last: 0, timeout: 600 });
      const rejected = assert.rejects(waiting, /ended with SIGKILL before it could receive_many/);
      await b.kill();
      await rejected;
      await assert.rejects(b.request("describe"), /ended with SIGKILL/);
      await a.request("node_try_cleanup_dead_nodes", { node: nodes[0] });
      assert.equal((await a.request<unknown[]>("node_list", { node: nodes[0] })).length, 1);
    });
  });
});
