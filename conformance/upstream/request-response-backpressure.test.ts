/** What upstream's suite demands of clients and servers whose receiver is full. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ActiveRequest,
  type BackpressureAction,
  type BackpressureHandler,
  type BackpressureInfo,
  type BackpressureStrategy,
  type Client,
  type Node,
  type PendingResponse,
  SendError,
  type Server,
  type U64,
  u64,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

interface Reaction {
  readonly backpressureStrategy?: BackpressureStrategy;
  readonly backpressureHandler?: BackpressureHandler;
}

const isUndeliverable = (error: unknown): boolean =>
  error instanceof SendError && error.code === "UnableToDeliver";

function receiveAll(server: Server<U64, U64>): bigint[] {
  const payloads: bigint[] = [];
  for (let request = server.receive(); request; request = server.receive()) {
    payloads.push(request.payload);
    request.release();
  }
  return payloads;
}

function responses(pending: PendingResponse<U64, U64>): bigint[] {
  const payloads: bigint[] = [];
  for (let response = pending.receive(); response; response = pending.receive()) {
    payloads.push(response.payload);
    response.release();
  }
  return payloads;
}

/** A client with two servers, of which the first has no room for another request. */
interface Asking {
  readonly client: Client<U64, U64>;
  readonly full: Server<U64, U64>;
  readonly empty: Server<U64, U64>;
}

function askFull(node: Node, reaction: Reaction, enableSafeOverflowForRequests = false): Asking {
  const service = node
    .service("a")
    .requestResponse(u64, u64)
    .create({ enableSafeOverflowForRequests, maxActiveRequestsPerClient: 1 });
  const full = service.server();
  const empty = service.server();
  const client = service.client(reaction);
  for (const server of [full, empty]) server.updateConnections();
  client.sendCopy(1n).release();
  assert.deepEqual(receiveAll(empty), [1n]);
  return { client, full, empty };
}

/** A request that is answered by a server whose next response has no room. */
interface Answering {
  readonly request: ActiveRequest<U64, U64>;
  readonly pending: PendingResponse<U64, U64>;
}

function answerFull(node: Node, reaction: Reaction, enableSafeOverflowForResponses = false): Answering {
  const service = node
    .service("a")
    .requestResponse(u64, u64)
    .create({ enableSafeOverflowForResponses, maxResponseBufferSize: 1 });
  const server = service.server(reaction);
  const pending = service.client().sendCopy(13n);
  const request = server.receive()!;
  assert.equal(request.sendCopy(1n), 1);
  return { request, pending };
}

/** A handler that always says the same, and how often it was asked. */
function always(action: BackpressureAction): { readonly handler: BackpressureHandler; calls: number } {
  const asked = {
    calls: 0,
    handler(): BackpressureAction {
      asked.calls++;
      return action;
    },
  };
  return asked;
}

describe("a client with a server that is full", () => {
  test(
    "leaves it out with the strategy DiscardData",
    inDomain((node) => {
      const { client, full, empty } = askFull(node, { backpressureStrategy: "DiscardData" });
      using pending = client.sendCopy(2n);
      assert.equal(pending.numberOfServerConnections, 1);
      assert.deepEqual([receiveAll(full), receiveAll(empty)], [[1n], [2n]]);
    }),
  );

  test(
    "sends again when that has room, or has left",
    inDomain((node) => {
      const { client, full, empty } = askFull(node, { backpressureStrategy: "RetryUntilDelivered" });
      assert.throws(() => client.sendCopy(2n), isUndeliverable);
      assert.deepEqual([receiveAll(full), receiveAll(empty)], [[1n], []]);
      client.sendCopy(3n).release();
      assert.deepEqual(receiveAll(empty), [3n]);
      assert.throws(() => client.sendCopy(4n), isUndeliverable);
      full.close();
      client.sendCopy(5n).release();
      assert.deepEqual(receiveAll(empty), [5n]);
    }),
  );

  test(
    "does not ask its handler with safe overflow",
    inDomain((node) => {
      const asked = always("Retry");
      const { client, full, empty } = askFull(node, { backpressureHandler: asked.handler }, true);
      using pending = client.sendCopy(2n);
      assert.equal(pending.numberOfServerConnections, 2);
      assert.deepEqual([receiveAll(full), receiveAll(empty)], [[2n], [2n]]);
      assert.equal(asked.calls, 0);
    }),
  );

  for (const [action, backpressureStrategy, isSent] of [
    ["DiscardData", "RetryUntilDelivered", true],
    ["DiscardDataAndFail", "RetryUntilDelivered", false],
    ["FollowBackpressureStrategy", "DiscardData", true],
  ] as const) {
    test(
      `does with it what its handler says: ${action}`,
      inDomain((node) => {
        const asked = always(action);
        const reaction = { backpressureStrategy, backpressureHandler: asked.handler };
        const { client, full, empty } = askFull(node, reaction);
        if (isSent) client.sendCopy(2n).release();
        else assert.throws(() => client.sendCopy(2n), isUndeliverable);
        assert.deepEqual([receiveAll(full), receiveAll(empty)], [[1n], [2n]]);
        assert.equal(asked.calls, 1);
      }),
    );
  }

  test(
    "can try again as long as its handler wants that",
    inDomain((node) => {
      const answers: BackpressureAction[] = ["DiscardData", "Retry", "Retry"];
      const asked: BackpressureInfo[] = [];
      const backpressureHandler = (info: BackpressureInfo): BackpressureAction => {
        asked.push(info);
        return answers.pop()!;
      };
      const { client, full, empty } = askFull(node, { backpressureHandler });
      for (let count = 0; count < 2; count++) assert.throws(() => client.sendCopy(2n), isUndeliverable);
      client.sendCopy(2n).release();
      assert.deepEqual([receiveAll(full), receiveAll(empty)], [[1n], [2n]]);
      assert.deepEqual(
        asked.map(({ retries, receiverPortId }) => [retries, receiverPortId]),
        Array(3).fill([0, full.id]),
      );
    }),
  );

  for (const capacity of [1, 4]) {
    test(
      `has as many requests as before when sending fails: ${capacity}`,
      inDomain((node) => {
        const service = node
          .service("a")
          .requestResponse(u64, u64)
          .create({ enableSafeOverflowForRequests: false, maxActiveRequestsPerClient: capacity });
        const server = service.server();
        const client = service.client({ backpressureHandler: () => "DiscardDataAndFail" });
        server.updateConnections();
        const values = Array.from({ length: capacity }, (_, index) => BigInt(index));
        for (let round = 0; round < 3; round++) {
          for (const value of values) client.sendCopy(value).release();
          for (let failed = 0; failed <= capacity; failed++) {
            assert.throws(() => client.sendCopy(123n), isUndeliverable);
          }
          assert.deepEqual(receiveAll(server), values);
          using pending = client.sendCopy(456n);
          using request = server.receive()!;
          assert.equal(request.sendCopy(789n), 1);
          assert.deepEqual(responses(pending), [789n]);
        }
      }),
    );
  }

  test(
    "goes on with its other requests when sending fails",
    inDomain((node) => {
      const service = node
        .service("a")
        .requestResponse(u64, u64)
        .create({ enableSafeOverflowForRequests: false, maxActiveRequestsPerClient: 2 });
      const server = service.server();
      const client = service.client({ backpressureHandler: () => "DiscardDataAndFail" });
      server.updateConnections();
      const first = client.sendCopy(1n);
      client.sendCopy(2n).release();
      assert.throws(() => client.sendCopy(3n), isUndeliverable);
      using request = server.receive()!;
      assert.equal(request.isConnected, true);
      assert.equal(request.sendCopy(11n), 1);
      assert.deepEqual(responses(first), [11n]);
      assert.deepEqual(receiveAll(server), [2n]);
      using other = client.sendCopy(4n);
      using otherRequest = server.receive()!;
      assert.equal(otherRequest.sendCopy(44n), 1);
      assert.deepEqual(responses(other), [44n]);
      assert.throws(() => client.sendCopy(5n), { code: "ExceedsMaxActiveRequests" });
      first.release();
      client.sendCopy(6n).release();
    }),
  );
});

describe("a server with a client that is full", () => {
  test(
    "leaves responses out with the strategy DiscardData",
    inDomain((node) => {
      const { request, pending } = answerFull(node, { backpressureStrategy: "DiscardData" });
      for (let value = 5n; value < 15n; value++) assert.equal(request.sendCopy(value), 0);
      assert.deepEqual(responses(pending), [1n]);
    }),
  );

  test(
    "can wait until that has room",
    inDomain(async (node) => {
      const { request, pending } = answerFull(node, { backpressureStrategy: "RetryUntilDelivered" });
      const sent = request.send(2n);
      assert.deepEqual(responses(pending), [1n]);
      assert.equal(await sent, 1);
      assert.deepEqual(responses(pending), [2n]);
    }),
  );

  test(
    "does not wait any more when nobody waits for the response",
    inDomain(async (node) => {
      const { request, pending } = answerFull(node, { backpressureStrategy: "RetryUntilDelivered" });
      const sent = request.send(2n);
      pending.release();
      assert.equal(await sent, 0);
    }),
  );

  test(
    "does not ask its handler with safe overflow",
    inDomain((node) => {
      const asked = always("Retry");
      const { request, pending } = answerFull(node, { backpressureHandler: asked.handler }, true);
      assert.equal(request.sendCopy(2n), 1);
      assert.deepEqual(responses(pending), [2n]);
      assert.equal(asked.calls, 0);
    }),
  );

  for (const [action, backpressureStrategy, isSent] of [
    ["DiscardData", "RetryUntilDelivered", true],
    ["DiscardDataAndFail", "RetryUntilDelivered", false],
    ["FollowBackpressureStrategy", "DiscardData", true],
  ] as const) {
    test(
      `does with the response what its handler says: ${action}`,
      inDomain((node) => {
        const asked = always(action);
        const reaction = { backpressureStrategy, backpressureHandler: asked.handler };
        const { request, pending } = answerFull(node, reaction);
        if (isSent) assert.equal(request.sendCopy(2n), 0);
        else assert.throws(() => request.sendCopy(2n), isUndeliverable);
        assert.deepEqual(responses(pending), [1n]);
        assert.equal(asked.calls, 1);
      }),
    );
  }

  for (const [what, isEnough] of [
    ["often", ({ retries }: BackpressureInfo) => retries === 2],
    ["long", ({ elapsedTime }: BackpressureInfo) => elapsedTime > 25],
  ] as const) {
    test(
      `tries again as its handler likes, as ${what}`,
      inDomain(async (node) => {
        const asked: BackpressureInfo[] = [];
        const { request, pending } = answerFull(node, {
          backpressureHandler: (info) => {
            asked.push(info);
            return isEnough(info) ? "DiscardData" : "Retry";
          },
        });
        assert.equal(await request.send(2n), 0);
        assert.deepEqual(responses(pending), [1n]);
        assert.deepEqual(
          asked.map(({ retries }) => retries),
          asked.map((_, index) => index),
        );
        assert(isEnough(asked.at(-1)!));
      }),
    );
  }

  test(
    "waits as its strategy says if its handler leaves it to that",
    inDomain(async (node) => {
      const asked = always("FollowBackpressureStrategy");
      const { request, pending } = answerFull(node, { backpressureHandler: asked.handler });
      const sent = request.send(2n);
      // Time enough to look more than once.
      await node.wait(50);
      assert.deepEqual(responses(pending), [1n]);
      assert.equal(await sent, 1);
      assert.deepEqual(responses(pending), [2n]);
      assert.equal(asked.calls, 1);
    }),
  );
});
