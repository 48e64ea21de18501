/** Events with Rust: single listeners, which Python cannot name, and its WaitSet. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type EventActivation, type EventQos, type EventService, Node } from "iceoryx2-ts";
import { withDomain } from "./domain.ts";
import type { PeerArguments, PeerObject, PeerPort } from "./peer.ts";
import { snakeCaseKeys } from "./peer-words.ts";
import { skipWithoutRust } from "./rust.ts";

const SERVICE = "Alarm";
/** How long Rust waits before it gives up, in milliseconds. */
const PATIENCE = 60_000;

interface Sides {
  readonly node: Node;
  readonly nodeId: bigint;
  readonly ours: EventService;
  /** Creates something in Rust, of the same service. */
  create(kind: "listener" | "notifier", args?: PeerArguments): Promise<PeerPort>;
  request<Result>(command: string, args: PeerArguments): Promise<Result>;
  /** The handle of the service in Rust. */
  readonly theirs: number;
}

/** Runs a test with one service that is open in both languages. */
function withService(body: (sides: Sides) => Promise<void>, qos: EventQos = {}): () => Promise<void> {
  return () =>
    withDomain(async (join, { config }) => {
      const { peer, node: theirNode, id } = await join("Rust");
      using node = Node.create({ config, signals: "ignore" });
      const ours = node.service(SERVICE).event().create(qos);
      const { handle: theirs } = await peer.request<PeerObject>("event", {
        node: theirNode,
        name: SERVICE,
        verb: "open",
      });
      await body({
        node,
        nodeId: id,
        ours,
        theirs,
        create: (kind, args = {}) => peer.request<PeerPort>(kind, { service: theirs, ...args }),
        request: (command, args) => peer.request(command, args),
      });
    });
}

const pairs = (activations: readonly EventActivation[]): (readonly [number, number])[] =>
  activations.map(({ id, count }) => [id, count]);

interface ListenerKey extends PeerObject {
  readonly id: bigint;
  readonly name: string;
  readonly node_id: bigint;
}

describe("a single listener", { skip: skipWithoutRust }, () => {
  test(
    "of ours is found and notified by Rust, and no other",
    withService(async ({ node, ours, create, request }) => {
      const [left, right] = [ours.listener({ name: "left" }), ours.listener({ name: "right" })];
      const { handle: notifier } = await create("notifier", { default_event_id: 9 });
      const keys = await request<ListenerKey[]>("listener_keys", { notifier });
      const facts = keys.map(({ id, name, node_id }) => [id, name, node_id]);
      assert.deepEqual(facts, [
        [left.id, "left", node.id],
        [right.id, "right", node.id],
      ]);
      const key = keys[1]!.handle;
      await request("notify_single_listener", { notifier, listener: key, event_id: 3 });
      await request("notify_single_listener", { notifier, listener: key });
      assert.deepEqual(pairs(left.tryWait()), []);
      assert.deepEqual(pairs(right.tryWait()), [
        [3, 1],
        [9, 1],
      ]);
      right.close();
      await assert.rejects(request("notify_single_listener", { notifier, listener: key }), {
        name: "NotifierNotifyError",
        code: "InvalidListenerKey",
      });
      await request("listener_keys", { notifier, event_id: 4 });
      assert.deepEqual(pairs(left.tryWait()), [[4, 1]]);
    }),
  );

  test(
    "of Rust's is found and notified by us, and no other",
    withService(async ({ nodeId, ours, create, request }) => {
      const left = await create("listener", { name: "left" });
      const right = await create("listener", { name: "right" });
      const notifier = ours.notifier();
      const listeners = notifier.listeners();
      assert.deepEqual(
        listeners.map((listener) => [listener.portId, listener.portName, listener.nodeId]),
        [
          [left.id, "left", nodeId],
          [right.id, "right", nodeId],
        ],
      );
      listeners[1]?.notify(3);
      assert.deepEqual(await request("try_wait", { listener: left.handle }), []);
      assert.deepEqual(await request("try_wait", { listener: right.handle }), [[3, 1]]);
      await request("drop", { handle: right.handle });
      assert.throws(() => listeners[1]?.notify(3), {
        name: "NotifierNotifyError",
        code: "InvalidListenerKey",
      });
    }),
  );
});

test(
  "Rust sees our listeners and notifiers as its own",
  { skip: skipWithoutRust },
  withService(async ({ node, nodeId, ours, theirs, create, request }) => {
    const [listener, notifier] = [ours.listener({ name: "ear" }), ours.notifier({ name: "bell" })];
    const theirListener = await create("listener", { name: "their ear" });
    const theirNotifier = await create("notifier", { name: "their bell" });
    assert.deepEqual(await request("event_ports", { service: theirs }), {
      listeners: [
        { id: listener.id, name: "ear", node_id: node.id },
        { id: theirListener.id, name: "their ear", node_id: nodeId },
      ],
      notifiers: [
        { id: notifier.id, name: "bell", node_id: node.id },
        { id: theirNotifier.id, name: "their bell", node_id: nodeId },
      ],
    });
  }),
);

test("Rust reads what a service of ours is set to", { skip: skipWithoutRust }, async () => {
  const qos = {
    maxNotifiers: 3,
    maxListeners: 4,
    maxNodes: 5,
    eventIdMaxValue: 6,
    notifierCreatedEvent: 1,
    notifierDroppedEvent: 2,
    notifierDeadEvent: 3,
    deadline: 1500,
  };
  await withService(async ({ theirs, request }) => {
    assert.deepEqual(await request("event_settings", { service: theirs }), snakeCaseKeys(qos));
  }, qos)();
});

describe("a WaitSet of Rust's", { skip: skipWithoutRust }, () => {
  test(
    "is woken by our notifiers, again and again",
    withService(async ({ ours, create, request }) => {
      const { handle: listener } = await create("listener");
      const notifier = ours.notifier();
      for (let id = 0; id < 20; id++) {
        const waiting = request("wait_set", { attachments: [{ listener }], calls: 1, timeout: PATIENCE });
        notifier.notify(id);
        assert.deepEqual(await waiting, [{ attachment: 0, what: "event", activations: [[id, 1]] }]);
      }
    }),
  );

  test(
    "tells of a deadline that our notifier missed, and of its notification afterwards",
    withService(async ({ ours, create, request }) => {
      const { handle: listener } = await create("listener");
      const notifier = ours.notifier();
      const missed = { attachments: [{ listener, deadline: 1 }], calls: 1, timeout: PATIENCE };
      assert.deepEqual(await request("wait_set", missed), [
        { attachment: 0, what: "missed_deadline", activations: [] },
      ]);
      const kept = { attachments: [{ listener, deadline: PATIENCE }], calls: 1, timeout: PATIENCE };
      const waiting = request("wait_set", kept);
      notifier.notify(2);
      assert.deepEqual(await waiting, [{ attachment: 0, what: "event", activations: [[2, 1]] }]);
    }),
  );

  test(
    "serves our notifier between its intervals",
    withService(async ({ ours, create, request }) => {
      const { handle: listener } = await create("listener");
      const notifier = ours.notifier();
      const both = { attachments: [{ interval: 1 }, { listener }], calls: 3, timeout: PATIENCE };
      notifier.notify(2);
      const calls = await request<{ attachment: number }[]>("wait_set", both);
      assert.deepEqual(
        calls.filter(({ attachment }) => attachment === 1),
        [{ attachment: 1, what: "event", activations: [[2, 1]] }],
      );
      assert.equal(calls.length - 1, calls.filter(({ attachment }) => attachment === 0).length);
    }),
  );
});

test(
  "a listener of Rust's is told of notifiers of ours that come and go",
  { skip: skipWithoutRust },
  withService(
    async ({ ours, create, request }) => {
      const { handle: listener } = await create("listener");
      const notifier = ours.notifier();
      assert.deepEqual(await request("timed_wait", { listener, milliseconds: PATIENCE }), [[10, 1]]);
      const waiting = request("timed_wait", { listener, milliseconds: PATIENCE });
      notifier.close();
      assert.deepEqual(await waiting, [[11, 1]]);
    },
    { notifierCreatedEvent: 10, notifierDroppedEvent: 11 },
  ),
);
