/**
 * Random lives of clients and servers: every response reaches the request that it belongs to, in order and without a
 * gap that the service does not allow; a loan within the limits always succeeds; in the end every chunk is free.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import type { Iox2Error } from "../../base/iox2-error.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { ChunkLedger } from "../../testing/chunk-ledger.test-support.ts";
import { TestDomain } from "../../testing/test-domain.ts";
import type { ActiveRequest } from "./active-request.ts";
import type { Client } from "./client.ts";
import type { PendingResponse } from "./pending-response.ts";
import type { Response } from "./response.ts";
import type { Server } from "./server.ts";

const QOS = {
  maxClients: 2,
  maxServers: 2,
  maxActiveRequestsPerClient: 2,
  maxLoanedRequests: 1,
  maxResponseBufferSize: 2,
  maxBorrowedResponsesPerPendingResponse: 1,
};
const COMMANDS = [
  "openClient",
  "closeClient",
  "openServer",
  "closeServer",
  "send",
  "receiveResponse",
  "releaseResponse",
  "hint",
  "releasePending",
  "receiveRequest",
  "respond",
  "respond",
  "releaseRequest",
] as const;
type Command = readonly [name: (typeof COMMANDS)[number], which: number];
type Mode = "overflow" | "discard" | "retry";

interface ModelPending {
  readonly pending: PendingResponse<U64, U64>;
  readonly value: bigint;
  /** The number of the last response of each server. */
  readonly last: Map<bigint, bigint>;
}
interface ModelRequest {
  readonly request: ActiveRequest<U64, U64>;
  readonly value: bigint;
  count: bigint;
}

/** A request is a number, and its responses are that number times this plus 0, 1, 2 ... */
const STREAM = 1000n;

class World {
  readonly #service: RequestResponseService<U64, U64>;
  readonly #mode: Mode;
  readonly #clients: Client<U64, U64>[] = [];
  readonly #servers: Server<U64, U64>[] = [];
  readonly #pending: ModelPending[] = [];
  readonly #responses: Response<U64>[] = [];
  readonly #requests: ModelRequest[] = [];
  #nextValue = 1n;

  constructor(service: RequestResponseService<U64, U64>, mode: Mode) {
    this.#service = service;
    this.#mode = mode;
  }

  run([name, which]: Command): void {
    this[name](which);
  }

  openClient(): void {
    this.#attempt(["ExceedsMaxSupportedClients"], () => {
      const strategy = this.#mode === "discard" ? "DiscardData" : "RetryUntilDelivered";
      this.#clients.push(this.#service.client({ backpressureStrategy: strategy }));
    });
  }

  closeClient(which: number): void {
    take(this.#clients, which)?.close();
  }

  openServer(): void {
    this.#attempt(["ExceedsMaxSupportedServers"], () => {
      const strategy = this.#mode === "discard" ? "DiscardData" : "RetryUntilDelivered";
      this.#servers.push(this.#service.server({ backpressureStrategy: strategy }));
    });
  }

  closeServer(which: number): void {
    take(this.#servers, which)?.close();
  }

  send(which: number): void {
    const client = pick(this.#clients, which);
    if (client === undefined) return;
    const value = this.#nextValue++;
    this.#attempt(["ExceedsMaxActiveRequests", "UnableToDeliver"], () => {
      this.#pending.push({ pending: client.sendCopy(value), value, last: new Map() });
    });
  }

  receiveResponse(which: number): void {
    const model = pick(this.#pending, which);
    if (model === undefined) return;
    this.#attempt(["ExceedsMaxBorrows"], () => {
      const response = model.pending.receive();
      if (response === undefined) return;
      this.#responses.push(response);
      assert.equal(response.payload / STREAM, model.value, "it belongs to this request");
      const number = response.payload % STREAM;
      const last = model.last.get(response.origin) ?? -1n;
      assert(number > last, "in the order in which they were sent");
      if (this.#mode === "retry") assert.equal(number, last + 1n, "nothing is lost");
      model.last.set(response.origin, number);
    });
  }

  releaseResponse(which: number): void {
    take(this.#responses, which)?.release();
  }

  hint(which: number): void {
    pick(this.#pending, which)?.pending.setDisconnectHint();
  }

  releasePending(which: number): void {
    take(this.#pending, which)?.pending.release();
  }

  receiveRequest(which: number): void {
    const server = pick(this.#servers, which);
    if (server === undefined) return;
    this.#attempt(["ExceedsMaxBorrows"], () => {
      const request = server.receive();
      if (request === undefined) return;
      const known = this.#pending.find(({ value }) => value === request.payload);
      assert.equal(request.isConnected, known !== undefined, "connected as long as somebody waits");
      this.#requests.push({ request, value: request.payload, count: 0n });
    });
  }

  respond(which: number): void {
    const model = pick(this.#requests, which);
    if (model === undefined) return;
    this.#attempt(["UnableToDeliver"], () => {
      const isWanted = this.#pending.some(({ value }) => value === model.value);
      const receivers = model.request.sendCopy(model.value * STREAM + model.count);
      if (!isWanted) assert.equal(receivers, 0);
      else if (this.#mode !== "discard") assert.equal(receivers, 1);
      if (receivers === 1) model.count++;
    });
  }

  releaseRequest(which: number): void {
    take(this.#requests, which)?.request.release();
  }

  end(): void {
    for (const client of this.#clients) client.close();
    for (const server of this.#servers) server.close();
    for (const { request } of this.#requests) request.release();
    for (const { pending } of this.#pending) pending.release();
    for (const response of this.#responses) response.release();
    assert.deepEqual([this.#service.numberOfClients, this.#service.numberOfServers], [0, 0]);
  }

  /** What is within the limits succeeds; there is memory in any case. */
  #attempt(allowed: readonly string[], action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!allowed.includes((error as Iox2Error).code)) throw error;
    }
  }
}

function pick<T>(list: readonly T[], which: number): T | undefined {
  return list[which % list.length];
}

function take<T>(list: T[], which: number): T | undefined {
  return list.length === 0 ? undefined : list.splice(which % list.length, 1)[0];
}

describe("clients and servers", () => {
  for (const mode of ["overflow", "discard", "retry"] as const) {
    for (const enableFireAndForgetRequests of [true, false]) {
      const which = `${mode}${enableFireAndForgetRequests ? "" : ", no fire and forget"}`;
      it(`lose and confuse nothing, whatever they do (${which})`, () => {
        const commands = fc.array(fc.tuple(fc.constantFrom(...COMMANDS), fc.nat(7)), {
          minLength: 30,
          maxLength: 120,
        });
        using domain = new TestDomain();
        using node = Node.create({ config: domain.config, signals: "ignore" });
        fc.assert(
          fc.property(commands, (list) => {
            using ledger = new ChunkLedger();
            using service = node
              .service("a")
              .requestResponse(u64, u64)
              .create({
                ...QOS,
                enableSafeOverflowForRequests: mode === "overflow",
                enableSafeOverflowForResponses: mode === "overflow",
                enableFireAndForgetRequests,
              });
            const world = new World(service, mode);
            world.openClient();
            world.openServer();
            for (const command of list) world.run(command);
            world.end();
            assert.equal(ledger.inUse, 0, "no chunk is lost");
          }),
          { numRuns: 60 },
        );
        node.close();
        domain.assertClean();
      });
    }
  }
});
