/** Events with a real peer: who wakes whom, how often, and what a service of both languages agrees in. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type EventActivation,
  type EventQos,
  type EventService,
  type Listener,
  Node,
  NotifierNotifyError,
} from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { withDomain } from "./domain.ts";
import { Peer, PeerError, type PeerObject, type PeerPort } from "./peer.ts";
import { skipWithoutPython } from "./python.ts";

const SERVICE = "Alarm";

type Counts = readonly (readonly [id: number, count: number])[];

const pairs = (activations: readonly EventActivation[]): Counts =>
  activations.map(({ id, count }) => [id, count]);

/** Builder arguments of the peer. */
interface PeerSettings {
  readonly events?: Readonly<Record<string, number>>;
  readonly settings?: Readonly<Record<string, number>>;
  readonly deadline?: number;
  readonly disable?: readonly string[];
}

/** A Python process with a node. */
class EventPeer implements AsyncDisposable {
  readonly peer: Peer;
  readonly #node: number;

  private constructor(peer: Peer, node: number) {
    this.peer = peer;
    this.#node = node;
  }

  static async start({ prefix, rootPath }: TestDomain): Promise<EventPeer> {
    const peer = await Peer.start();
    const { handle } = await peer.request<PeerObject>("node_create", { prefix, root_path: rootPath });
    return new EventPeer(peer, handle);
  }

  async service(verb: string, settings: PeerSettings = {}): Promise<number> {
    const args = { node: this.#node, name: SERVICE, verb, ...settings };
    return (await this.peer.request<PeerObject>("event", args)).handle;
  }

  async listener(service: number): Promise<number> {
    return (await this.peer.request<PeerPort>("listener", { service })).handle;
  }

  async notifier(service: number, args: object = {}): Promise<number> {
    return (await this.peer.request<PeerPort>("notifier", { service, ...args })).handle;
  }

  notify(notifier: number, eventId?: number, times = 1): Promise<number> {
    return this.peer.request("notify", { notifier, event_id: eventId ?? null, times });
  }

  tryWait(listener: number): Promise<Counts> {
    return this.peer.request("try_wait", { listener });
  }

  drop(handle: number): Promise<unknown> {
    return this.peer.request("drop", { handle });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.peer.close();
  }
}

/** Runs a test with a node of ours and one of Python. */
function withBoth(body: (node: Node, peer: EventPeer, domain: TestDomain) => Promise<void>) {
  return (): Promise<void> =>
    withDomain(async (_join, domain) => {
      await using peer = await EventPeer.start(domain);
      using node = Node.create({ config: domain.config, signals: "ignore" });
      await body(node, peer, domain);
    });
}

function openOurs(node: Node, qos: EventQos = {}): EventService {
  return node.service(SERVICE).event().openOrCreate(qos);
}

/** Takes until so many came. */
async function countEvents(listener: Listener, total: number): Promise<Counts> {
  const counts = new Map<number, number>();
  let taken = 0;
  for await (const { id, count } of listener) {
    counts.set(id, (counts.get(id) ?? 0) + count);
    taken += count;
    if (taken >= total) break;
  }
  return [...counts].sort(([a], [b]) => a - b);
}

describe("notifications", { skip: skipWithoutPython }, () => {
  const EVENTS = [255, 5, 5, 0, 3, 3, 3];
  const EXPECTED: Counts = [
    [0, 1],
    [3, 3],
    [5, 2],
    [255, 1],
  ];

  test(
    "of ours are counted by Python, and tell how many listeners there are",
    withBoth(async (node, peer) => {
      const listener = await peer.listener(await peer.service("create"));
      const service = openOurs(node);
      const notifier = service.notifier({ defaultEventId: 7 });
      for (const id of EVENTS) assert.equal(notifier.notify(id), 1);
      assert.deepEqual(await peer.tryWait(listener), EXPECTED);
      notifier.notify();
      assert.deepEqual(await peer.tryWait(listener), [[7, 1]]);
      assert.deepEqual(await peer.tryWait(listener), []);
      const second = service.listener();
      assert.equal(notifier.notify(), 2);
      second.close();
      await peer.drop(listener);
      assert.equal(notifier.notify(), 0);
    }),
  );

  test(
    "of Python are counted by us, and tell how many listeners there are",
    withBoth(async (node, peer) => {
      const service = openOurs(node);
      const listener = service.listener({ name: "ear" });
      const notifier = await peer.notifier(await peer.service("open"), { default_event_id: 7 });
      for (const id of EVENTS) assert.equal(await peer.notify(notifier, id), 1);
      assert.deepEqual(pairs(listener.tryWait()), EXPECTED);
      await peer.notify(notifier);
      assert.deepEqual(pairs(listener.tryWait()), [[7, 1]]);
      const second = service.listener();
      assert.equal(await peer.notify(notifier), 2);
      listener.close();
      second.close();
      assert.equal(await peer.notify(notifier), 0);
    }),
  );

  test(
    "of all 256 ids arrive, and none beyond them",
    withBoth(async (node, peer) => {
      const theirs = await peer.service("create");
      const theirListener = await peer.listener(theirs);
      const theirNotifier = await peer.notifier(theirs);
      const service = openOurs(node);
      const notifier = service.notifier();
      const listener = service.listener();
      for (let id = 255; id >= 0; id--) assert.equal(notifier.notify(id), 2);
      const all = Array.from({ length: 256 }, (_, id) => [id, 1]);
      assert.deepEqual(await peer.tryWait(theirListener), all);
      assert.deepEqual(pairs(listener.tryWait()), all);
      for (let id = 255; id >= 0; id--) await peer.notify(theirNotifier, id);
      assert.deepEqual(pairs(listener.tryWait()), all);
      assert.throws(
        () => notifier.notify(256),
        (error) => error instanceof NotifierNotifyError && error.code === "EventIdOutOfBounds",
      );
      await assert.rejects(
        peer.notify(theirNotifier, 256),
        (error) => error instanceof PeerError && /EventIdOutOfBounds/.test(error.code),
      );
    }),
  );

  const MANY = 100_000;

  test(
    "that nobody takes are one activation with their number, both ways",
    withBoth(async (node, peer) => {
      const theirs = await peer.service("create");
      const theirListener = await peer.listener(theirs);
      const theirNotifier = await peer.notifier(theirs);
      const service = openOurs(node);
      const listener = service.listener();
      const notifier = service.notifier();
      for (let i = 0; i < MANY; i++) notifier.notify(9);
      assert.deepEqual(await peer.tryWait(theirListener), [[9, MANY]]);
      assert.deepEqual(pairs(listener.tryWait()), [[9, MANY]]);
      await peer.notify(theirNotifier, 9, MANY);
      assert.deepEqual(pairs(await listener.wait()), [[9, MANY]]);
    }),
  );

  test(
    "wake who waits for them, each in turn",
    withBoth(async (node, peer) => {
      const theirs = await peer.service("create");
      const theirListener = await peer.listener(theirs);
      const theirNotifier = await peer.notifier(theirs);
      const service = openOurs(node);
      const notifier = service.notifier();
      const listener = service.listener();
      for (let id = 1; id <= 20; id++) {
        const ours = listener.wait();
        await peer.notify(theirNotifier, id);
        assert.deepEqual(pairs(await ours), [[id, 1]]);
        await peer.tryWait(theirListener);
        const waiting = peer.peer.request("timed_wait", { listener: theirListener, milliseconds: 600_000 });
        notifier.notify(id);
        assert.deepEqual(await waiting, [[id, 1]]);
        listener.tryWait();
      }
    }),
  );

  const RACE = 100_000;

  test(
    "that race who takes them are all counted, both ways",
    withBoth(async (node, peer) => {
      const theirs = await peer.service("create");
      const theirNotifier = await peer.notifier(theirs);
      const service = openOurs(node);
      const listener = service.listener();
      const ours = countEvents(listener, RACE);
      assert.equal(await peer.notify(theirNotifier, 4, RACE), 1);
      assert.deepEqual(await ours, [[4, RACE]]);
      listener.close();

      const theirListener = await peer.listener(theirs);
      const counting = peer.peer.request("count_events", { listener: theirListener, total: RACE });
      const notifier = service.notifier();
      for (let i = 0; i < RACE; i++) notifier.notify(i % 3);
      assert.deepEqual(
        await counting,
        [0, 1, 2].map((id) => [id, Math.ceil((RACE - id) / 3)]),
      );
    }),
  );
});

describe("the life of a notifier", { skip: skipWithoutPython }, () => {
  const [CREATED, DROPPED, DEAD] = [7, 8, 9];
  const QOS = { notifierCreatedEvent: CREATED, notifierDroppedEvent: DROPPED, notifierDeadEvent: DEAD };
  const EVENTS = {
    notifier_created_event: CREATED,
    notifier_dropped_event: DROPPED,
    notifier_dead_event: DEAD,
  };

  test(
    "of ours is told to Python",
    withBoth(async (node, peer) => {
      const listener = await peer.listener(await peer.service("create", { events: EVENTS }));
      const service = openOurs(node, QOS);
      const notifier = service.notifier();
      assert.deepEqual(await peer.tryWait(listener), [[CREATED, 1]]);
      notifier.close();
      assert.deepEqual(await peer.tryWait(listener), [[DROPPED, 1]]);
    }),
  );

  test(
    "of Python is told to us, also that it was killed",
    withBoth(async (node, peer, domain) => {
      const listener = openOurs(node, QOS).listener();
      const theirs = await peer.service("open", { events: EVENTS });
      const notifier = await peer.notifier(theirs);
      assert.deepEqual(pairs(await listener.wait()), [[CREATED, 1]]);
      await peer.drop(notifier);
      assert.deepEqual(pairs(await listener.wait()), [[DROPPED, 1]]);
      const victim = await EventPeer.start(domain);
      await victim.notifier(await victim.service("open"));
      assert.deepEqual(pairs(await listener.wait()), [[CREATED, 1]]);
      await victim.peer.kill();
      // Whoever makes a node cleans up; here it is Python.
      await (await EventPeer.start(domain)).peer.close();
      assert.deepEqual(pairs(await listener.wait()), [[DEAD, 1]]);
    }),
  );
});

describe("a deadline", { skip: skipWithoutPython }, () => {
  const isLate = (error: unknown): boolean =>
    (error instanceof NotifierNotifyError && error.code === "MissedDeadline") ||
    (error instanceof PeerError && /MissedDeadline/.test(error.code));
  /** Lets so many milliseconds pass. */
  const pass = (node: Node, time: number): Promise<boolean> => node.wait(time);

  test(
    "is missed by whoever notifies too late, of whatever language; the notification arrives",
    withBoth(async (node, peer) => {
      const DEADLINE = 40;
      const theirs = await peer.service("create", { deadline: DEADLINE });
      const theirNotifier = await peer.notifier(theirs);
      const theirListener = await peer.listener(theirs);
      const service = openOurs(node, { deadline: DEADLINE });
      const notifier = service.notifier();
      assert.equal(notifier.deadline, DEADLINE);
      await pass(node, 2 * DEADLINE);
      assert.throws(() => notifier.notify(1), isLate);
      await pass(node, 2 * DEADLINE);
      await assert.rejects(peer.notify(theirNotifier, 2), isLate);
      await pass(node, 2 * DEADLINE);
      assert.throws(() => notifier.notify(3), isLate);
      assert.deepEqual(await peer.tryWait(theirListener), [
        [1, 1],
        [2, 1],
        [3, 1],
      ]);
    }),
  );

  test(
    "counts from the last notification of any language",
    withBoth(async (node, peer) => {
      // So long that no machine is that slow.
      const DEADLINE = 3_600_000;
      const service = openOurs(node, { deadline: DEADLINE });
      const theirs = await peer.service("open", { deadline: DEADLINE });
      const theirNotifier = await peer.notifier(theirs);
      const notifier = service.notifier();
      for (let i = 0; i < 3; i++) {
        assert.equal(notifier.notify(), 0);
        assert.equal(await peer.notify(theirNotifier), 0);
      }
    }),
  );
});

describe("a service of both languages", { skip: skipWithoutPython }, () => {
  const QOS: Required<EventQos> = {
    maxNotifiers: 3,
    maxListeners: 5,
    maxNodes: 7,
    eventIdMaxValue: 30,
    deadline: 1500.5,
    notifierCreatedEvent: 11,
    notifierDroppedEvent: 12,
    notifierDeadEvent: 13,
  };

  test(
    "that we create has our settings in Python",
    withBoth(async (node, peer) => {
      openOurs(node, QOS);
      assert.deepEqual(await peer.peer.request("event_settings", { service: await peer.service("open") }), {
        max_notifiers: 3,
        max_listeners: 5,
        max_nodes: 7,
        event_id_max_value: 30,
        deadline: 1500.5,
        notifier_created_event: 11,
        notifier_dropped_event: 12,
        notifier_dead_event: 13,
      });
    }),
  );

  test(
    "that Python creates has its settings here",
    withBoth(async (node, peer) => {
      await peer.service("create", {
        settings: { max_notifiers: 3, max_listeners: 5, max_nodes: 7, event_id_max_value: 30 },
        events: { notifier_created_event: 11, notifier_dropped_event: 12, notifier_dead_event: 13 },
        deadline: 1500,
      });
      const { kind, deadline, ...settings } = openOurs(node).staticConfig;
      assert.equal(kind, "Event");
      assert.deepEqual({ ...settings, deadline: deadline?.value }, { ...QOS, deadline: 1500 });
    }),
  );

  const REFUSALS: readonly (readonly [ours: EventQos, theirs: PeerSettings, code: string])[] = [
    [{ maxNotifiers: 4 }, { settings: { max_notifiers: 4 } }, "DoesNotSupportRequestedAmountOfNotifiers"],
    [{ maxListeners: 6 }, { settings: { max_listeners: 6 } }, "DoesNotSupportRequestedAmountOfListeners"],
    [{ maxNodes: 8 }, { settings: { max_nodes: 8 } }, "DoesNotSupportRequestedAmountOfNodes"],
    [{ eventIdMaxValue: 31 }, { settings: { event_id_max_value: 31 } }, "DoesNotSupportRequestedMaxEventId"],
    [{ deadline: 1501 }, { deadline: 1501 }, "IncompatibleDeadline"],
    [{ deadline: null }, { disable: ["disable_deadline"] }, "IncompatibleDeadline"],
    [
      { notifierCreatedEvent: 1 },
      { events: { notifier_created_event: 1 } },
      "IncompatibleNotifierCreatedEvent",
    ],
    [
      { notifierDroppedEvent: null },
      { disable: ["disable_notifier_dropped_event"] },
      "IncompatibleNotifierDroppedEvent",
    ],
    [{ notifierDeadEvent: 1 }, { events: { notifier_dead_event: 1 } }, "IncompatibleNotifierDeadEvent"],
  ];

  test(
    "is refused for the same reason by both when it is not what was asked for",
    withBoth(async (node, peer) => {
      openOurs(node, QOS);
      for (const [ours, theirs, code] of REFUSALS) {
        assert.throws(() => node.service(SERVICE).event().open(ours), { name: "EventOpenError", code });
        await assert.rejects(
          peer.service("open", theirs),
          (error) => error instanceof PeerError && error.code.includes(code),
          code,
        );
      }
    }),
  );

  test(
    "cannot be created by either with an event that is out of bounds",
    withBoth(async (node, peer) => {
      const code = "EventIdExceedsMaxSupportedValue";
      const qos = { eventIdMaxValue: 5, notifierDeadEvent: 6 };
      assert.throws(() => node.service(SERVICE).event().create(qos), { name: "EventCreateError", code });
      await assert.rejects(
        peer.service("create", { settings: { event_id_max_value: 5 }, events: { notifier_dead_event: 6 } }),
        (error) => error instanceof PeerError && error.code.includes(code),
      );
    }),
  );
});
