/** Peers that are killed in every state of a request, while nobody else is there to clean up. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Client, Node, type PendingResponse, type Server, type U64, u64 } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { withDomain } from "./domain.ts";
import { joinAsPeer, type PeerParticipant } from "./peer-participant.ts";
import { Program } from "./program.ts";
import { skipWithoutPython } from "./python.ts";
import type {
  ParticipantClient,
  ParticipantRequestResponse,
  ParticipantServer,
} from "./request-response-participant.ts";

interface Scene {
  readonly client: Client<U64, U64>;
  readonly server: Server<U64, U64>;
  readonly victim: PeerParticipant;
  readonly theirs: ParticipantRequestResponse;
  readonly numberOfPorts: () => readonly [clients: number, servers: number];
}

/** A client and a server of ours, and a peer that has the service open as well and will be killed. */
async function scene(domain: TestDomain, body: (scene: Scene) => Promise<void>): Promise<void> {
  using node = Node.create({ config: domain.config, signals: "ignore" });
  const service = node.service("a service").requestResponse(u64, u64).create();
  const victim = await joinAsPeer("Python", domain);
  try {
    const theirs = await victim.requestResponse("open", u64, u64);
    await body({
      client: service.client(),
      server: service.server(),
      victim,
      theirs,
      numberOfPorts: () => [service.numberOfClients, service.numberOfServers],
    });
  } finally {
    await victim.peer.kill();
  }
}

async function responses(pending: PendingResponse<U64, U64>): Promise<bigint[]> {
  const received: bigint[] = [];
  for await (const response of pending) received.push(response.payload);
  return received;
}

describe("a Python server that is killed", { skip: skipWithoutPython }, () => {
  for (const state of ["before it took the request", "with the request", "in the middle of its stream"]) {
    test(`${state} ends its stream, and no other`, () =>
      withDomain((_join, domain) =>
        scene(domain, async ({ client, server, victim, theirs, numberOfPorts }) => {
          const their = await theirs.server();
          using pending = client.sendCopy(1n);
          assert.equal(pending.numberOfServerConnections, 2);
          const sent: bigint[] = [];
          if (state !== "before it took the request") {
            const request = await their.receive();
            if (state === "in the middle of its stream") {
              await request?.respond([10n, 11n]);
              sent.push(10n, 11n);
            }
          }
          const ours = server.receive()!;
          ours.sendCopy(20n);
          ours.release();
          const receiving = responses(pending);
          await victim.peer.kill();
          assert.deepEqual((await receiving).sort(), [...sent, 20n]);
          assert.deepEqual(numberOfPorts(), [1, 1]);
          using next = client.sendCopy(2n);
          assert.equal(next.numberOfServerConnections, 1);
        }),
      ));
  }
});

describe("a Python client that is killed", { skip: skipWithoutPython }, () => {
  for (const state of [
    "with a loan",
    "with a pending request",
    "with an active request",
    "in the middle of a stream",
  ]) {
    test(`${state} is given up by the next one who cleans up`, () =>
      withDomain((_join, domain) =>
        scene(domain, async ({ client, server, victim, theirs, numberOfPorts }) => {
          const their = await theirs.client();
          server.updateConnections();
          if (state === "with a loan") await their.loan();
          else await their.send(1n);
          const isTaken = state === "with an active request" || state === "in the middle of a stream";
          const request = isTaken ? server.receive() : undefined;
          if (state === "in the middle of a stream") assert.equal(request?.sendCopy(2n), 1);
          await victim.peer.kill();
          if (isTaken) assert.equal(request?.isConnected, true, "nobody told us");
          using cleaner = Node.create({ config: domain.config, signals: "ignore" });
          assert.equal(
            cleaner.tryCleanupDeadNodes().cleanups,
            0,
            "it was cleaned up when the cleaner was created",
          );
          assert.deepEqual(numberOfPorts(), [1, 1]);
          assert.equal(request?.isConnected ?? false, false);
          if (isTaken) assert.equal(request?.sendCopy(3n), 0);
          request?.release();
          // The request that the dead client sent is there, but nobody waits for it.
          const left = server.receive();
          assert.equal(left?.payload, state === "with a pending request" ? 1n : undefined);
          assert.equal(left?.isConnected ?? false, false);
          left?.release();
          using pending = client.sendCopy(5n);
          using active = server.receive()!;
          active.sendCopy(6n);
          assert.equal(pending.receive()?.payload, 6n);
        }),
      ));
  }
});

/** A peer that survives, in whose service a process of ours gets into a state. The peer cleans up after it. */
async function survive(
  state: string,
  body: (
    theirs: ParticipantRequestResponse,
    victim: Program,
    killAndClean: () => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  await withDomain(async (join, { prefix, rootPath }) => {
    const python = await join("Python");
    const theirs = await python.requestResponse("create", u64, u64);
    const script = fileURLToPath(new URL("request-response-victim.js", import.meta.url));
    await using victim = Program.start(process.execPath, [script, prefix, rootPath, state]);
    await body(theirs, victim, async () => {
      await victim.end("SIGKILL");
      await python.peer.request("node_try_cleanup_dead_nodes", { node: python.node });
    });
  });
}

/** The peer's own client and server, which must be none the worse for it. */
async function goesOn(client: ParticipantClient, server: ParticipantServer): Promise<void> {
  const pending = await client.send(7n);
  const request = await server.receive();
  await request!.respond([70n]);
  assert.deepEqual(
    (await pending.receive()).map(({ payload }) => payload),
    [70n],
  );
  for (const held of [request!, pending]) await held.release();
}

describe("a server of ours that is killed, as Python sees it", { skip: skipWithoutPython }, () => {
  for (const [state, sent] of [
    ["a server before it took the request", []],
    ["a server with the request", []],
    ["a server in the middle of its stream", [10n, 11n]],
  ] as const) {
    test(state, () =>
      survive(state, async (theirs, victim, killAndClean) => {
        await victim.line(/^ready$/);
        const client = await theirs.client();
        const pending = await client.send(1n);
        assert.equal((await pending.state()).numberOfServerConnections, 1);
        await victim.line(/^reached$/);
        await killAndClean();
        const received = await pending.receive();
        assert.deepEqual(
          received.map(({ payload }) => payload),
          sent,
        );
        assert.equal((await pending.state()).isConnected, false);
        assert.deepEqual(await theirs.numberOfPorts(), { clients: 1, servers: 0 });
        await pending.release();
        const server = await theirs.server();
        await goesOn(client, server);
        for (const port of [client, server]) await port.close();
        await theirs.close();
      }),
    );
  }
});

describe("a client of ours that is killed, as Python sees it", { skip: skipWithoutPython }, () => {
  for (const [state, isTaken, responses] of [
    ["a client with a loan", false, []],
    ["a client with a pending request", false, []],
    ["a client with a pending request", true, []],
    ["a client with a pending request", true, [10n, 11n]],
  ] as const) {
    test(`${state}${isTaken ? `, ${responses.length} responses to which were sent` : ""}`, () =>
      survive(state, async (theirs, victim, killAndClean) => {
        const server = await theirs.server();
        await victim.line(/^reached$/);
        const request = isTaken ? await server.receive() : undefined;
        await request?.respond(responses);
        await killAndClean();
        assert.deepEqual(await theirs.numberOfPorts(), { clients: 0, servers: 1 });
        assert.equal((await request?.state())?.isConnected ?? false, false);
        await request?.release();
        // What the dead one sent may still come, but nobody waits for it.
        const left = await server.receive();
        assert.equal((await left?.state())?.isConnected ?? false, false);
        await left?.release();
        const client = await theirs.client();
        await goesOn(client, server);
        for (const port of [client, server]) await port.close();
        await theirs.close();
      }));
  }
});
