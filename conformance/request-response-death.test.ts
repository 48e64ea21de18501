/** Peers that are killed in every state of a request, while nobody else is there to clean up. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Client, Node, type PendingResponse, type Server, type U64, u64 } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { withDomain } from "./domain.ts";
import { joinAsPeer, type PeerParticipant } from "./peer-participant.ts";
import { skipWithoutPython } from "./python.ts";
import type { ParticipantRequestResponse } from "./request-response-participant.ts";

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
