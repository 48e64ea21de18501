/** Wait sets that are woken by a real peer, and wake one: what is reported, for how long, and what is missed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Attachment, type EventService, type Listener, Node, type Notifier } from "iceoryx2-ts";
import { withDomain } from "./domain.ts";
import { Peer, type PeerObject, type PeerPort } from "./peer.ts";
import { skipWithoutPython } from "./python.ts";

const LONG = 100_000;

/** What happened, to what: the place of an attachment in the order of attaching. */
type Report = readonly [what: "event" | "missedDeadline", index: number];

/** A wait set with listeners of services `a`, `b` ... */
interface Waiter {
  /** @param deadline in milliseconds. */
  attach(service: string, deadline?: number): Promise<void>;
  /** One round. */
  wait(timeout: number): Promise<readonly Report[]>;
  /** Takes everything from the listener that was attached in this place. */
  drain(index: number): Promise<void>;
}

class OurWaiter implements Waiter {
  readonly #node: Node;
  readonly #waitset: ReturnType<Node["waitSet"]>;
  readonly #listeners: Listener[] = [];

  constructor(node: Node) {
    this.#node = node;
    this.#waitset = node.waitSet();
  }

  async attach(service: string, deadline?: number): Promise<void> {
    const listener = ourService(this.#node, service).listener();
    if (deadline === undefined) this.#waitset.attachNotification(listener);
    else this.#waitset.attachDeadline(listener, deadline);
    this.#listeners.push(listener);
  }

  async wait(timeout: number): Promise<readonly Report[]> {
    const reports: Report[] = [];
    const add = (attachment: Attachment): void => {
      assert("source" in attachment);
      const index = this.#listeners.indexOf(attachment.source as Listener);
      reports.push([attachment.kind === "missedDeadline" ? "missedDeadline" : "event", index]);
    };
    assert.equal(await this.#waitset.waitAndProcessOnce(add, { timeout }), "AllEventsHandled");
    return reports.sort(([, a], [, b]) => a - b);
  }

  async drain(index: number): Promise<void> {
    this.#listeners[index]!.tryWait();
  }
}

class PythonWaiter implements Waiter {
  readonly #peer: Peer;
  readonly #node: number;
  readonly #waitset: number;
  readonly #listeners: number[] = [];

  private constructor(peer: Peer, node: number, waitset: number) {
    this.#peer = peer;
    this.#node = node;
    this.#waitset = waitset;
  }

  static async create(peer: Peer, node: number): Promise<PythonWaiter> {
    const { handle } = await peer.request<PeerObject>("waitset", {});
    return new PythonWaiter(peer, node, handle);
  }

  async attach(service: string, deadline?: number): Promise<void> {
    const { handle } = await pythonService(this.#peer, this.#node, service);
    const listener = await this.#peer.request<PeerPort>("listener", { service: handle });
    const args = { waitset: this.#waitset, listener: listener.handle, deadline: deadline ?? null };
    await this.#peer.request("waitset_attach", args);
    this.#listeners.push(listener.handle);
  }

  async wait(timeout: number): Promise<readonly Report[]> {
    const args = { waitset: this.#waitset, timeout };
    const { reports, result } = await this.#peer.request<{ reports: Report[]; result: string }>(
      "waitset_wait",
      args,
    );
    assert.equal(result, "AllEventsHandled");
    return reports;
  }

  async drain(index: number): Promise<void> {
    await this.#peer.request("try_wait", { listener: this.#listeners[index]! });
  }

  async detach(): Promise<void> {
    await this.#peer.request("waitset_detach", { waitset: this.#waitset });
  }
}

function ourService(node: Node, name: string): EventService {
  return node.service(name).event().openOrCreate();
}

function pythonService(peer: Peer, node: number, name: string): Promise<PeerObject> {
  return peer.request<PeerObject>("event", { node, name, verb: "open_or_create" });
}

/** Notifies services by name. */
type Notify = (service: string) => Promise<void>;

/** Runs a test with a wait set of one language and notifiers of the other. */
function testBoth(name: string, body: (waiter: Waiter, notify: Notify) => Promise<void>): void {
  test(`${name}, Python wakes us`, () =>
    withDomain(async (_join, { prefix, rootPath, config }) => {
      await using peer = await Peer.start();
      using node = Node.create({ config, signals: "ignore" });
      const theirNode = await peer.request<PeerObject>("node_create", { prefix, root_path: rootPath });
      const notifiers = new Map<string, number>();
      await body(new OurWaiter(node), async (service) => {
        let notifier = notifiers.get(service);
        if (notifier === undefined) {
          const { handle } = await pythonService(peer, theirNode.handle, service);
          notifier = (await peer.request<PeerPort>("notifier", { service: handle })).handle;
          notifiers.set(service, notifier);
        }
        await peer.request("notify", { notifier });
      });
    }));

  test(`${name}, we wake Python`, () =>
    withDomain(async (_join, { prefix, rootPath, config }) => {
      await using peer = await Peer.start();
      using node = Node.create({ config, signals: "ignore" });
      const theirNode = await peer.request<PeerObject>("node_create", { prefix, root_path: rootPath });
      const notifiers = new Map<string, Notifier>();
      const waiter = await PythonWaiter.create(peer, theirNode.handle);
      await body(waiter, async (service) => {
        const notifier = notifiers.get(service) ?? ourService(node, service).notifier();
        notifiers.set(service, notifier);
        notifier.notify();
      });
      await waiter.detach();
    }));
}

describe("a wait set", { skip: skipWithoutPython }, () => {
  testBoth("sleeps until it is notified", async (waiter, notify) => {
    for (const service of ["a", "b"]) await waiter.attach(service);
    assert.deepEqual(await waiter.wait(1), []);
    for (let i = 0; i < 100; i++) {
      const woken = waiter.wait(LONG);
      await notify(i % 2 === 0 ? "a" : "b");
      assert.deepEqual(await woken, [["event", i % 2]]);
      await waiter.drain(i % 2);
    }
    assert.deepEqual(await waiter.wait(0), []);
  });

  testBoth("reports everything that was notified, until it is drained", async (waiter, notify) => {
    for (const service of ["a", "b", "c"]) await waiter.attach(service);
    await notify("c");
    await notify("a");
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(await waiter.wait(LONG), [
        ["event", 0],
        ["event", 2],
      ]);
    }
    await waiter.drain(0);
    assert.deepEqual(await waiter.wait(LONG), [["event", 2]]);
    await waiter.drain(2);
    assert.deepEqual(await waiter.wait(0), []);
  });

  testBoth("reports deadlines until it is notified", async (waiter, notify) => {
    await waiter.attach("a", 200);
    await waiter.attach("b");
    for (let i = 0; i < 2; i++) assert.deepEqual(await waiter.wait(LONG), [["missedDeadline", 0]]);
    await notify("a");
    const first = await waiter.wait(LONG);
    // A machine that stands still for so long may see both.
    assert.ok(first.some(([what]) => what === "event"));
    await waiter.drain(0);
    assert.deepEqual(await waiter.wait(LONG), [["missedDeadline", 0]]);
  });
});
