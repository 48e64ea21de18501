/** Calls: requests that wait for their turn, and whose responses are waited for. */
import { ClosedError, TimeoutError } from "../../base/general-errors.ts";
import { demandTimeout } from "../../base/timeout.ts";
import type { WaitScope } from "../../lifecycle/wait-scope.ts";
import { type Awaited, ENDED, TIMED_OUT, type WaitOptions, waitFor } from "../../lifecycle/waiting.ts";
import type { Input, PayloadType, Value } from "../../payload/meaning.ts";
import type { Header } from "../common/loan.ts";
import { LONGEST_PAUSE, NO_MORE } from "../common/message-loop.ts";
import type { SendExtras } from "../common/message-writer.ts";
import { isKept } from "../common/received-message.ts";
import { SendQueue } from "../common/send-queue.ts";
import { CallError } from "./call-error.ts";
import {
  lastHolderOf,
  nextResponse,
  type PendingResponseHandle,
  type ReceivedResponse,
} from "./pending-response.ts";
import type { Response } from "./response.ts";

export type CallOptions<QH extends Header = undefined> = WaitOptions & SendExtras<QH>;

/** What calls use of their client. */
export interface Caller<Q extends PayloadType, S extends PayloadType, QH extends Header, SH extends Header> {
  readonly origin: string;
  /** Closes with the client. */
  readonly scope: WaitScope;
  /** Sends a request. @returns undefined if waiting would help. */
  trySend(value: Input<Q>, userHeader: unknown): PendingResponseHandle<Q, S, QH, SH> | undefined;
  /** Connects to servers that came. @returns how many there are. */
  countServers(): number;
  /** Calls `wake` when looking for responses may be worth it, until the returned function is called. */
  watch(wake: () => void): () => void;
  /** Whether a server's node was found dead while a call waited. */
  hasSeenDeathOf(nodeId: bigint): boolean;
}

export class Calls<Q extends PayloadType, S extends PayloadType, QH extends Header, SH extends Header> {
  readonly #caller: Caller<Q, S, QH, SH>;
  readonly #queue: SendQueue;

  constructor(caller: Caller<Q, S, QH, SH>) {
    this.#caller = caller;
    this.#queue = new SendQueue(caller.scope, caller.origin);
  }

  /** A request or a loan has ended: the next call may have its turn. */
  wake(): void {
    this.#queue.wake();
  }

  async call(value: Input<Q>, options: CallOptions<QH>): Promise<Value<S>> {
    const start = this.#now();
    const pending = await this.#send(value, options);
    try {
      const response = await this.#next(pending, { ...options, timeout: this.#rest(options, start) });
      if (response === undefined) throw this.#noAnswer(pending);
      try {
        return response.copy();
      } finally {
        response.release();
      }
    } finally {
      pending.release();
    }
  }

  async *stream(value: Input<Q>, options: CallOptions<QH>): AsyncGenerator<Response<S, SH>, void> {
    const start = this.#now();
    const pending = await this.#send(value, options);
    try {
      let response = await this.#next(pending, { ...options, timeout: this.#rest(options, start) });
      while (response !== undefined) {
        try {
          yield response;
        } finally {
          if (!isKept(response)) response.release();
        }
        response = await this.#next(pending, options);
      }
      const died = this.#peerDied(pending);
      if (died !== undefined) throw died;
    } finally {
      pending.release();
    }
  }

  async waitForServer(options: WaitOptions): Promise<boolean> {
    const { scope } = this.#caller;
    const look = (): true | undefined => this.#caller.countServers() > 0 || undefined;
    return (await waitFor(scope, { look, lookAgainAfter: LONGEST_PAUSE }, options)) === true;
  }

  /** Sends when the turn of this call has come. */
  async #send(value: Input<Q>, options: CallOptions<QH>): Promise<PendingResponseHandle<Q, S, QH, SH>> {
    const attempt = (): PendingResponseHandle<Q, S, QH, SH> | undefined =>
      this.#caller.trySend(value, options.userHeader);
    demandTimeout(this.#caller.origin, options.timeout);
    if (options.signal?.aborted) throw options.signal.reason;
    // What need not wait is sent before `call` returns.
    const sent = this.#queue.isEmpty ? attempt() : undefined;
    const pending = sent ?? (await this.#queue.send(attempt, options));
    if (pending.numberOfServerConnections > 0) return pending;
    pending.release();
    throw this.#error(
      "NoServer",
      "there is no server. Start one, or wait for it: await client.waitForServer().",
    );
  }

  /** @returns undefined after the last one. */
  async #next(
    pending: PendingResponseHandle<Q, S, QH, SH>,
    options: WaitOptions,
  ): Promise<ReceivedResponse<S, SH> | undefined> {
    const { scope, origin } = this.#caller;
    const awaited: Awaited<ReceivedResponse<S, SH> | typeof NO_MORE> = {
      look: () => nextResponse(pending),
      subscribe: (wake) => this.#caller.watch(wake),
      lookAgainAfter: LONGEST_PAUSE,
    };
    const found = await waitFor(scope, awaited, options);
    if (found === NO_MORE) return undefined;
    if (found === ENDED) throw new ClosedError(origin, `${origin} was closed before a response came.`);
    if (found !== TIMED_OUT) return found;
    throw new TimeoutError(
      origin,
      `no response to a request of ${origin} came in time. The request was given up; try again, or wait longer.`,
    );
  }

  #noAnswer(pending: PendingResponseHandle<Q, S, QH, SH>): CallError {
    const count = pending.numberOfServerConnections;
    const who = count === 1 ? "the server" : `all ${count} servers`;
    return (
      this.#peerDied(pending) ??
      this.#error("NoResponse", `${who} ended the stream of responses without sending any.`)
    );
  }

  /** @returns undefined if the stream did not end by the death of a server. */
  #peerDied(pending: PendingResponseHandle<Q, S, QH, SH>): CallError | undefined {
    const nodeId = lastHolderOf(pending);
    if (nodeId === undefined || !this.#caller.hasSeenDeathOf(nodeId)) return undefined;
    return this.#error(
      "PeerDied",
      `the process of the last server that had the request (node ${nodeId.toString(16)}) ended before it was done. Whether it did what was asked is unknown.`,
    );
  }

  #error(code: CallError["code"], reason: string): CallError {
    const { origin } = this.#caller;
    return new CallError(code, origin, `a call of ${origin} failed: ${reason}`);
  }

  #now(): bigint {
    return this.#caller.scope.os.monotonicTime();
  }

  /** What is left of the time. */
  #rest({ timeout }: WaitOptions, start: bigint): number | undefined {
    return timeout === undefined ? undefined : Math.max(timeout - Number(this.#now() - start) / 1e6, 0);
  }
}
