/** What both processes of the endurance run do: their part of the requests, and a look at what they hold. */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { type Client, type Node, type RequestResponseService, type Server, type U64, u64 } from "iceoryx2-ts";

/** What a process has; all but the heap must not grow at all. */
export interface Holdings {
  readonly mappings: number;
  readonly descriptors: number;
  /** In bytes, after a collection. */
  readonly heap: number;
}

export type Numbers = RequestResponseService<U64, U64>;

export function openNumbers(node: Node): Numbers {
  return node.service("endurance").requestResponse(u64, u64).openOrCreate();
}

/** How many responses a request gets: some of them more than a client has room for. */
export function responsesTo(request: bigint): bigint {
  return request % 16n === 0n ? 5n : 1n;
}

/** Whether the client gives a request up without a look at its responses. */
export function isGivenUp(request: bigint): boolean {
  return request % 7n === 3n;
}

/**
 * Sends requests and waits for the responses to all but those that it gives up.
 *
 * @param afterSend is called after each request was sent.
 */
export function callMany(
  client: Client<U64, U64>,
  first: bigint,
  count: number,
  afterSend: () => void = () => {},
): void {
  for (let request = first; request < first + BigInt(count); request++) {
    const pending = client.sendCopy(request);
    afterSend();
    if (!isGivenUp(request)) awaitResponses(pending, request);
    pending.release();
  }
}

function awaitResponses(pending: ReturnType<Client<U64, U64>["sendCopy"]>, request: bigint): void {
  const last = responsesTo(request) - 1n;
  for (let number = -1n; number < last; ) {
    const response = pending.receive();
    if (response === undefined) continue;
    const next = response.payload - request * 10n;
    if (next <= number || next > last) throw new Error(`request ${request} got response ${response.payload}`);
    number = next;
    response.release();
  }
}

/** Answers everything that comes until the last request came. */
export function serveMany(server: Server<U64, U64>, last: bigint): void {
  while (answerNext(server) !== last);
}

/** @returns the request that was answered, if one waited. */
export function answerNext(server: Server<U64, U64>): bigint | undefined {
  const request = server.receive();
  if (request === undefined) return undefined;
  const { payload } = request;
  for (let number = 0n; number < responsesTo(payload); number++) request.sendCopy(payload * 10n + number);
  request.release();
  return payload;
}

export function holdings(): Holdings {
  globalThis.gc?.();
  return {
    mappings: readFileSync("/proc/self/maps", "utf8")
      .split("\n")
      .filter((line) => line.includes("/dev/shm/")).length,
    descriptors: readdirSync("/proc/self/fd").length,
    heap: process.memoryUsage().heapUsed,
  };
}
