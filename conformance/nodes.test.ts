/** Nodes as the other language sees them, alive and dead, and what is left when a process of ours ends. */
import assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Node, type NodeStateKind, u64 } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { type Ending, Program } from "./program.ts";
import { skipWithoutPython } from "./python.ts";
import { joinAsPython, type PythonParticipant } from "./python-participant.ts";

interface ListedNode {
  readonly state: NodeStateKind;
  readonly id: bigint;
  readonly details: { name: string; executable: string; process: number; prefix: string } | null;
}

function startProgram({ prefix, rootPath }: TestDomain, ending: string): Program {
  const file = fileURLToPath(new URL("node-program.js", import.meta.url));
  return Program.start(process.execPath, [file, prefix, rootPath, ending]);
}

async function nodeIdOf(program: Program): Promise<bigint> {
  const [, id] = await program.line(/^ready: node (\d+)$/);
  return BigInt(id!);
}

/** What we list, in the form of `node_list`. */
function listOurs({ config }: TestDomain): ListedNode[] {
  return Node.list(config).map(({ state, id, details }) => ({
    state,
    id,
    details: details === undefined ? null : shorten(details),
  }));
}

function shorten({ name, executable, process: pid, config }: NonNullable<ReturnType<typeof Node.list>[0]["details"]>) {
  return { name, executable, process: pid, prefix: config.global.prefix };
}

async function listTheirs({ peer, node }: PythonParticipant): Promise<ListedNode[]> {
  return peer.request<ListedNode[]>("node_list", { node });
}

describe("a node", { skip: skipWithoutPython }, () => {
  test("of Python is listed by us as alive, as dead when it was killed, and not any more when it was cleaned", async () => {
    using domain = new TestDomain();
    const theirs = await joinAsPython(domain, "their node");
    const { pid } = theirs.peer;
    const executable = basename(readlinkSync(`/proc/${pid}/exe`));
    const details = { name: "their node", executable, process: pid, prefix: domain.prefix };
    assert.deepEqual(listOurs(domain), [{ state: "Alive", id: theirs.id, details }]);

    await theirs.peer.kill("SIGKILL");
    assert.deepEqual(listOurs(domain), [{ state: "Dead", id: theirs.id, details }]);

    const node = Node.create({ config: domain.config });
    assert.deepEqual(
      listOurs(domain).map(({ id }) => id),
      [node.id],
    );
    node.close();
    domain.assertClean();
  });

  test("of ours is listed by Python as alive, as dead when it was killed, and not any more when it was cleaned", async () => {
    using domain = new TestDomain();
    const theirs = await joinAsPython(domain);
    await using program = startProgram(domain, "wait");
    const id = await nodeIdOf(program);
    const find = async (): Promise<ListedNode | undefined> =>
      (await listTheirs(theirs)).find((node) => node.id === id);
    const executable = basename(process.execPath);
    const details = { name: "program", executable, process: program.pid, prefix: domain.prefix };
    assert.deepEqual(await find(), { state: "Alive", id, details });

    await program.end("SIGKILL");
    assert.deepEqual(await find(), { state: "Dead", id, details });

    await theirs.peer.request("node_try_cleanup_dead_nodes", { node: theirs.node });
    assert.equal(await find(), undefined);
    await theirs.close();
    domain.assertClean();
  });

  test("of both languages is in both lists", async () => {
    using domain = new TestDomain();
    const theirs = await joinAsPython(domain);
    using node = Node.create({ name: "ours", config: domain.config });
    const inOrder = (nodes: readonly ListedNode[]): ListedNode[] =>
      nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const listed = inOrder(listOurs(domain));
    assert.deepEqual(inOrder(await listTheirs(theirs)), listed);
    assert.deepEqual(listed.map(({ id }) => id).includes(node.id), true);
    await theirs.close();
    node.close();
    domain.assertClean();
  });
});

describe("what a killed process held", { skip: skipWithoutPython }, () => {
  test("in Python is free again for us once a new node cleaned up", async () => {
    using domain = new TestDomain();
    const theirs = await joinAsPython(domain);
    const qos = { maxPublishers: 1, maxSubscribers: 1 };
    const created = await theirs.service("create", u64, { qos });
    await created.publisher();
    await created.subscriber();
    using node = Node.create({ config: domain.config });
    const service = node.service("a service").publishSubscribe(u64).open();
    await theirs.peer.kill("SIGKILL");
    assert.throws(() => service.publisher(), { code: "ExceedsMaxSupportedPublishers" });

    Node.create({ config: domain.config }).close();
    const publisher = service.publisher();
    const subscriber = service.subscriber();
    assert.equal(publisher.sendCopy(1n), 1);
    assert.equal(subscriber.receive()?.payload, 1n);
    node.close();
    domain.assertClean();
  });

  test("of ours is free again for Python once it cleaned up", async () => {
    using domain = new TestDomain();
    const theirs = await joinAsPython(domain);
    const qos = { maxPublishers: 1, maxSubscribers: 1 };
    const service = await theirs.service("create", u64, { qos });
    await using program = startProgram(domain, "wait");
    await nodeIdOf(program);
    await assert.rejects(service.publisher(), { code: "ExceedsMaxSupportedPublishers" });

    await program.end("SIGKILL");
    await theirs.peer.request("node_try_cleanup_dead_nodes", { node: theirs.node });
    const publisher = await service.publisher();
    const subscriber = await service.subscriber();
    assert.deepEqual(await publisher.send([1n]), [1]);
    assert.equal((await subscriber.receive()).length, 1);
    await theirs.close();
    domain.assertClean();
  });
});

describe("nothing of ours is left", () => {
  const byItself = (code: number): Ending => ({ code, signal: null });
  const endings: readonly (readonly [name: string, ending: string, signal: NodeJS.Signals | undefined, Ending])[] = [
    ["when the program has nothing more to do", "return", undefined, byItself(0)],
    ["after process.exit", "exit", undefined, byItself(3)],
    ["after an uncaught exception", "throw", undefined, byItself(1)],
    ["after an unhandled rejection", "reject", undefined, byItself(1)],
    ["when SIGINT ends node.wait", "wait", "SIGINT", byItself(0)],
    ["when SIGTERM ends node.wait", "wait", "SIGTERM", byItself(0)],
    ["when SIGINT ends node.ticks", "ticks", "SIGINT", byItself(0)],
    ["when SIGTERM ends node.ticks", "ticks", "SIGTERM", byItself(0)],
    ["when SIGTERM ends a program that waits for nothing", "idle", "SIGTERM", { code: null, signal: "SIGTERM" }],
    ["when SIGINT ends a program that waits for nothing", "idle", "SIGINT", { code: null, signal: "SIGINT" }],
  ];
  for (const [name, ending, signal, expected] of endings) {
    test(name, async () => {
      using domain = new TestDomain();
      await using program = startProgram(domain, ending);
      await nodeIdOf(program);
      if (signal === undefined) {
        assert.deepEqual(await program.ended, expected);
      } else {
        assert.notDeepEqual(domain.leftovers(), []);
        const ended = program.end(signal);
        if (expected.signal === null) await program.line(/^the loop ended$/);
        assert.deepEqual(await ended, expected);
      }
      domain.assertClean();
    });
  }
});
