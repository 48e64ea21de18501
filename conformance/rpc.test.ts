/** Calls and handlers of ours with clients and servers of Python that know nothing of them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type CallError, type Client, Node, type Server, type U64, u64 } from "iceoryx2-ts";
import { withDomain } from "./domain.ts";
import { joinAsPeer, type PeerParticipant } from "./peer-participant.ts";
import { skipWithoutPython } from "./python.ts";
import type {
  ParticipantActiveRequest,
  ParticipantRequestResponse,
  ParticipantServer,
} from "./request-response-participant.ts";

interface Scene {
  readonly client: Client<U64, U64>;
  readonly server: () => Server<U64, U64>;
  readonly peer: PeerParticipant;
  readonly theirs: ParticipantRequestResponse;
}

function testWithPython(name: string, body: (scene: Scene) => Promise<void>): void {
  test(name, () =>
    withDomain(async (_join, domain) => {
      using node = Node.create({ config: domain.config, signals: "ignore" });
      const service = node.service("a service").requestResponse(u64, u64).create();
      const peer = await joinAsPeer("Python", domain);
      try {
        const theirs = await peer.requestResponse("open", u64, u64);
        await body({ client: service.client(), server: () => service.server(), peer, theirs });
      } finally {
        await peer.peer.kill();
        node.close();
        using _cleaner = Node.create({ config: domain.config, signals: "ignore" });
      }
    }),
  );
}

async function taken(server: ParticipantServer): Promise<ParticipantActiveRequest> {
  for (;;) {
    const request = await server.receive();
    if (request !== undefined) return request;
  }
}

const hasCode =
  (code: CallError["code"]) =>
  (error: unknown): boolean =>
    (error as CallError).name === "CallError" && (error as CallError).code === code;

describe("a call of a Python server", { skip: skipWithoutPython }, () => {
  testWithPython("gets the first response, and gives up the rest", async ({ client, theirs }) => {
    await assert.rejects(client.call(1n), hasCode("NoServer"));
    const waiting = client.waitForServer();
    const server = await theirs.server();
    assert.equal(await waiting, true);
    const answer = client.call(5n);
    const request = await taken(server);
    assert.equal(request.received.payload, 5n);
    await request.respond([50n, 51n]);
    assert.equal(await answer, 50n);
    assert.equal((await request.state()).isConnected, false);
    await request.release();
    const refused = assert.rejects(client.call(6n), hasCode("NoResponse"));
    await (await taken(server)).release();
    await refused;
  });

  testWithPython("streams all responses until the server is done", async ({ client, theirs }) => {
    const server = await theirs.server();
    const received: bigint[] = [];
    const streaming = (async () => {
      for await (const { payload } of client.stream(7n)) received.push(payload);
    })();
    const request = await taken(server);
    for (const value of [1n, 2n, 3n]) {
      await request.respond([value]);
      while (received.length < value) await turn();
    }
    await request.release();
    await streaming;
    assert.deepEqual(received, [1n, 2n, 3n]);
  });

  testWithPython("is seen as given up when it is aborted", async ({ client, theirs }) => {
    const server = await theirs.server();
    const controller = new AbortController();
    const reason = new Error("enough");
    const answer = client.call(1n, { signal: controller.signal });
    const request = await taken(server);
    assert.equal((await request.state()).isConnected, true);
    controller.abort(reason);
    await assert.rejects(answer, (error) => error === reason);
    assert.equal((await request.state()).isConnected, false);
    await request.release();
  });

  for (const state of ["before it took the request", "with the request"]) {
    testWithPython(`that is killed ${state} fails`, async ({ client, peer, theirs }) => {
      const server = await theirs.server();
      const answer = client.call(1n);
      if (state === "with the request") await taken(server);
      const failed = assert.rejects(answer, hasCode("PeerDied"));
      await peer.peer.kill();
      await failed;
      await assert.rejects(client.call(2n), hasCode("NoServer"));
    });
  }

  testWithPython("that is killed takes the answer of another one", async (scene) => {
    const { client, peer, theirs } = scene;
    await theirs.server();
    const ours = scene.server();
    const answer = client.call(1n);
    await peer.peer.kill();
    const request = ours.receive()!;
    request.sendCopy(2n);
    assert.equal(await answer, 2n);
    request.release();
  });

  testWithPython("that is killed in the middle of a stream gives what it sent, and fails", async (scene) => {
    const { client, peer, theirs } = scene;
    const server = await theirs.server();
    const received: bigint[] = [];
    const streaming = (async () => {
      for await (const { payload } of client.stream(7n)) received.push(payload);
    })();
    const failed = assert.rejects(streaming, hasCode("PeerDied"));
    await (await taken(server)).respond([1n, 2n]);
    await peer.peer.kill();
    await failed;
    assert.deepEqual(received, [1n, 2n]);
  });
});

describe("a handler for a Python client", { skip: skipWithoutPython }, () => {
  testWithPython("answers with values and streams", async (scene) => {
    const server = scene.server();
    const serving = server.serve(({ payload }) =>
      payload === 0n
        ? 100n
        : (function* (): Generator<bigint, void> {
            for (let value = 0n; value < payload; value++) yield value;
          })(),
    );
    const client = await scene.theirs.client();
    for (const [request, responses] of [
      [0n, [100n]],
      [2n, [0n, 1n]],
    ] as const) {
      const pending = await client.send(request);
      while ((await pending.state()).isConnected) await turn();
      assert.deepEqual(
        (await pending.receive()).map(({ payload }) => payload),
        responses,
      );
      await pending.release();
    }
    server.close();
    await serving;
  });

  for (const end of ["gives up its request", "would rather have no more", "is killed"]) {
    testWithPython(`is told when the client ${end}`, async (scene) => {
      let started = 0;
      let ended = 0;
      const server = scene.server();
      const serving = server.serve(async (_, signal) => {
        started++;
        if (!signal.aborted) await once(signal, "abort");
        ended++;
      });
      const client = await scene.theirs.client();
      const pending = await client.send(1n);
      while (started === 0) await turn();
      assert.equal(ended, 0);
      if (end === "gives up its request") await pending.release();
      else if (end === "is killed") await scene.peer.peer.kill();
      else await pending.setDisconnectHint();
      while (ended === 0) await turn();
      server.close();
      await serving;
    });
  }
});
