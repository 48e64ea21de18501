/** Nodes as the other language sees them, alive and dead, and what is left when a process of ours ends. */
import assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Node, type NodeDetails, type NodeStateKind, u64 } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { withDomain } from "./domain.ts";
import { type ParticipantService, payloadsOf } from "./participant.ts";
import type { PeerParticipant } from "./peer-participant.ts";
import { type Ending, Program } from "./program.ts";
import { skipWithoutPython } from "./python.ts";

interface ListedDetails extends Omit<NodeDetails, "config"> {
  readonly prefix: string;
}

interface ListedNode {
  readonly state: NodeStateKind;
  readonly id: bigint;
  readonly details: ListedDetails | null;
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

function shorten({ config, ...details }: NodeDetails): ListedDetails {
  return { ...details, prefix: config.global.prefix };
}

async function listTheirs({ peer, node }: PeerParticipant): Promise<ListedNode[]> {
  return peer.request<ListedNode[]>("node_list", { node });
}

describe("a node", { skip: skipWithoutPython }, () => {
  test("of Python is listed by us as alive, as dead once killed, and not any more once cleaned up", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      const { pid } = theirs.peer;
      const executable = basename(readlinkSync(`/proc/${pid}/exe`));
      const details = { name: "theirs", executable, process: pid, prefix: domain.prefix };
      assert.deepEqual(listOurs(domain), [{ state: "Alive", id: theirs.id, details }]);

      await theirs.peer.kill();
      assert.deepEqual(listOurs(domain), [{ state: "Dead", id: theirs.id, details }]);

      const ours = await join("TypeScript");
      assert.deepEqual(
        listOurs(domain).map(({ id }) => id),
        [ours.id],
      );
    }));

  test("of ours is listed by Python as alive, as dead once killed, and not any more once cleaned up", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
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
    }));

  test("of either language is the same in both lists", () =>
    withDomain(async (join, domain) => {
      const [ours, theirs] = [await join("TypeScript"), await join("Python")];
      const inOrder = (nodes: readonly ListedNode[]): ListedNode[] =>
        nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const listed = inOrder(listOurs(domain));
      assert.deepEqual(inOrder(await listTheirs(theirs)), listed);
      assert.deepEqual(new Set(listed.map(({ id }) => id)), new Set([ours.id, theirs.id]));
    }));
});

describe("what a killed process held", { skip: skipWithoutPython }, () => {
  const qos = { maxPublishers: 1, maxSubscribers: 1 };

  /** The places for ports are free, and ports work. */
  async function assertUsable(service: ParticipantService): Promise<void> {
    const publisher = await service.publisher();
    const subscriber = await service.subscriber();
    assert.deepEqual(await publisher.send([7n]), [1]);
    assert.deepEqual(payloadsOf(await subscriber.receive()), [7n]);
  }

  test("in Python is free again for us as soon as we need it", () =>
    withDomain(async (join) => {
      const theirs = await join("Python");
      const created = await theirs.service("create", u64, { qos });
      await created.publisher();
      await created.subscriber();
      const service = await (await join("TypeScript")).service("open", u64);
      await assert.rejects(service.publisher(), { code: "ExceedsMaxSupportedPublishers" });

      await theirs.peer.kill();
      await assertUsable(service);
    }));

  test("of ours is free again for Python when it has cleaned up", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      const service = await theirs.service("create", u64, { qos });
      await using program = startProgram(domain, "wait");
      await nodeIdOf(program);
      await assert.rejects(service.publisher(), { code: "ExceedsMaxSupportedPublishers" });

      await program.end("SIGKILL");
      await theirs.peer.request("node_try_cleanup_dead_nodes", { node: theirs.node });
      await assertUsable(service);
    }));
});

describe("nothing of ours is left", () => {
  const byItself = (code: number): Ending => ({ code, signal: null });
  const endings: readonly (readonly [
    name: string,
    ending: string,
    signal: NodeJS.Signals | undefined,
    Ending,
  ])[] = [
    ["when the program has nothing more to do", "return", undefined, byItself(0)],
    ["when it ends with a loan that was not sent", "loan", undefined, byItself(0)],
    ["after process.exit", "exit", undefined, byItself(3)],
    ["after an uncaught exception", "throw", undefined, byItself(1)],
    ["after an unhandled rejection", "reject", undefined, byItself(1)],
    ["when SIGINT ends node.wait", "wait", "SIGINT", byItself(0)],
    ["when SIGTERM ends node.wait", "wait", "SIGTERM", byItself(0)],
    ["when SIGINT ends node.ticks", "ticks", "SIGINT", byItself(0)],
    ["when SIGTERM ends node.ticks", "ticks", "SIGTERM", byItself(0)],
    [
      "when SIGTERM ends a program that waits for nothing",
      "idle",
      "SIGTERM",
      { code: null, signal: "SIGTERM" },
    ],
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
