/** Answering requests by a function. */
import { ClosedError, InvalidArgumentError } from "../../base/general-errors.ts";
import { log } from "../../base/log.ts";
import type { Input, PayloadType } from "../../payload/meaning.ts";
import type { Header } from "../common/loan.ts";
import type { LoopOptions, MessageLoop, MessageSource } from "../common/message-loop.ts";
import { ReceiveError } from "../common/port-errors.ts";
import { isKept } from "../common/received-message.ts";
import type { ActiveRequest, ActiveRequestHandle } from "./active-request.ts";
import type { Departures } from "./departures.ts";

/** What a handler answers: a response, several that it makes one after the other, or nothing if it sent by itself. */
export type Reply<S extends PayloadType> =
  | Input<S>
  | Iterator<Input<S>, unknown, undefined>
  | AsyncIterator<Input<S>, unknown, undefined>
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without a return statement has as its type
  | void;

/** Answers a request. @param signal is aborted when the client waits no more. */
export type RequestHandler<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header = undefined,
  SH extends Header = undefined,
> = (request: ActiveRequest<Q, S, QH, SH>, signal: AbortSignal) => Reply<S> | Promise<Reply<S>>;

export interface ServeOptions<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header = undefined,
  SH extends Header = undefined,
> extends LoopOptions {
  /** How many requests are answered at the same time; by default as many as clients may have under way. */
  readonly concurrency?: number | undefined;
  /**
   * Called with what a handler threw, and with what went wrong when its responses were sent; it is logged by default.
   * What it throws itself ends `serve`, which throws it.
   */
  readonly onError?: ((error: unknown, request: ActiveRequest<Q, S, QH, SH>) => void) | undefined;
}

/** What serving uses of its server. */
export interface Served<Q extends PayloadType, S extends PayloadType, QH extends Header, SH extends Header> {
  readonly origin: string;
  readonly departures: Departures;
  /** @throws ReceiveError */
  receive(): ActiveRequestHandle<Q, S, QH, SH> | undefined;
  loop(
    source: MessageSource<ActiveRequestHandle<Q, S, QH, SH>>,
  ): MessageLoop<ActiveRequestHandle<Q, S, QH, SH>>;
}

export class Serving<Q extends PayloadType, S extends PayloadType, QH extends Header, SH extends Header> {
  readonly #server: Served<Q, S, QH, SH>;
  readonly #handler: RequestHandler<Q, S, QH, SH>;
  readonly #options: ServeOptions<Q, S, QH, SH>;
  readonly #concurrency: number;
  readonly #running: Set<Promise<void>> = new Set();
  /** Ends the loop. */
  readonly #stop: AbortController = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @throws InvalidArgumentError */
  constructor(
    server: Served<Q, S, QH, SH>,
    handler: RequestHandler<Q, S, QH, SH>,
    options: ServeOptions<Q, S, QH, SH>,
  ) {
    this.#server = server;
    this.#handler = handler;
    this.#options = options;
    this.#concurrency = options.concurrency ?? Number.POSITIVE_INFINITY;
    if (this.#concurrency >= 1) return;
    const { origin } = server;
    const message = `cannot serve with ${origin}: concurrency is ${options.concurrency}, but must be a number from 1 on.`;
    throw new InvalidArgumentError(origin, message);
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const abort = (): void => this.#stop.abort();
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    try {
      await this.#loop();
    } catch (error) {
      if (error !== this.#stop.signal.reason) this.#failure ??= { error };
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #loop(): Promise<void> {
    const watch = (wake: () => void): (() => void) => {
      this.#wake = wake;
      return () => {
        this.#wake = undefined;
      };
    };
    const loop = this.#server.loop({ take: () => this.#take(), watch });
    for await (const request of loop.runUnowned({ ...this.#options, signal: this.#stop.signal })) {
      this.#start(request);
      while (this.#running.size >= this.#concurrency) await Promise.race(this.#running);
    }
  }

  /** Clients that have as many requests here as they may wait until one of those has been answered. */
  #take(): ActiveRequestHandle<Q, S, QH, SH> | undefined {
    try {
      return this.#server.receive();
    } catch (error) {
      if (error instanceof ReceiveError && error.code === "ExceedsMaxBorrows") return undefined;
      throw error;
    }
  }

  #start(request: ActiveRequestHandle<Q, S, QH, SH>): void {
    const answering: Promise<void> = this.#answer(request).then(() => {
      this.#running.delete(answering);
      this.#wake?.();
    });
    this.#running.add(answering);
  }

  /** Never rejects. */
  async #answer(request: ActiveRequestHandle<Q, S, QH, SH>): Promise<void> {
    const controller = new AbortController();
    const forget = this.#server.departures.watch(request, controller);
    const { signal } = controller;
    try {
      await this.#send(request, await this.#handler(request, signal), signal);
    } catch (error) {
      if (!isConsequence(error, signal)) this.#report(error, request);
    } finally {
      forget();
      if (!isKept(request)) request.release();
    }
  }

  async #send(
    request: ActiveRequestHandle<Q, S, QH, SH>,
    reply: Reply<S>,
    signal: AbortSignal,
  ): Promise<void> {
    if (reply === undefined) return;
    if (!isStream(reply)) {
      await request.send(reply as Input<S>, { signal });
      return;
    }
    try {
      for (let next = await reply.next(); next.done !== true; next = await reply.next()) {
        if ((await request.send(next.value as Input<S>, { signal })) === 0) return;
      }
    } finally {
      // For one that is over it does nothing.
      await reply.return?.();
    }
  }

  #report(error: unknown, request: ActiveRequestHandle<Q, S, QH, SH>): void {
    const { onError } = this.#options;
    if (onError === undefined) {
      log("error", this.#server.origin, `a request could not be answered: ${describe(error)}`);
      return;
    }
    try {
      onError(error, request);
    } catch (reason) {
      this.#failure ??= { error: reason };
      this.#stop.abort();
    }
  }
}

type Stream = Iterator<unknown, unknown, undefined> | AsyncIterator<unknown, unknown, undefined>;

/** Arrays and typed arrays can be looped over as well, but are values. */
function isStream(reply: unknown): reply is Stream {
  return typeof reply === "object" && reply !== null && typeof (reply as Stream).next === "function";
}

/** Whether an error only says that the client has gone, or the server. */
function isConsequence(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || error instanceof ClosedError || (error as Error)?.name === "AbortError";
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
