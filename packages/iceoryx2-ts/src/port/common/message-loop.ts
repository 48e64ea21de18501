/** Loops over messages as they come: what `for await` over a port does. */
import { InvalidArgumentError } from "../../base/general-errors.ts";
import type { WaitScope } from "../../lifecycle/wait-scope.ts";
import { ENDED, TIMED_OUT, type WaitOptions, waitFor } from "../../lifecycle/waiting.ts";
import type { AnyReceivedMessage } from "./received-chunk.ts";
import { isKept } from "./received-message.ts";

export interface LoopOptions extends WaitOptions {
  /**
   * While nothing comes, the loop looks again after pauses that grow from 1 ms up to this, in milliseconds; 50 by
   * default. `false`: it looks only when it is woken.
   */
  readonly poll?: number | false | undefined;
}

/** How often a loop that waited looked again. */
export interface WakeUps {
  /** Because an event came. */
  readonly notified: number;
  /** Because a pause was over. */
  readonly polled: number;
}

/** What wakes a loop that waits beside the pauses. */
export interface Waking {
  /** Before a loop begins. @param isOnlyWay whether nothing else wakes the loop. */
  prepare(isOnlyWay: boolean): Promise<void>;
  /** A message was taken. */
  noteTaken(): void;
  /** Nothing is there: the loop looks once more and goes to sleep. */
  settle(): void;
  /** Calls `wake` whenever looking may be worth it, until the returned function is called. */
  subscribe(wake: () => void): () => void;
}

/** Where the messages of a loop come from. */
export interface MessageSource<M> {
  /** Returns a message, undefined if there is none yet, or `NO_MORE`. */
  take(): M | typeof NO_MORE | undefined;
  /** Calls `wake` whenever looking again may be worth it, until the returned function is called. */
  watch?(wake: () => void): () => void;
}

/** Instead of a message: no more will come. */
export const NO_MORE: unique symbol = Symbol("no more messages");

/** In milliseconds. */
export const LONGEST_PAUSE = 50;

/**
 * The loop owns its messages: each is released when the next one is asked for and when the loop ends, unless it is
 * kept. It ends when the time passes without one, when the scope closes and when `take` says so.
 */
export class MessageLoop<M extends AnyReceivedMessage> {
  readonly #scope: WaitScope;
  readonly #source: MessageSource<M>;
  readonly #waking: Waking | undefined;
  /** Of the wait that is pending. */
  #wake: (() => void) | undefined;
  #stopWatching: (() => void) | undefined;
  #isFirstLook = false;
  #isNotified = false;
  #notified = 0;
  #polled = 0;

  constructor(scope: WaitScope, source: MessageSource<M>, waking?: Waking | undefined) {
    this.#scope = scope;
    this.#source = source;
    this.#waking = waking;
  }

  get wakeUps(): WakeUps {
    return { notified: this.#notified, polled: this.#polled };
  }

  /** @throws InvalidArgumentError; the loop AlreadyWaitingError and what `take` throws */
  run(options: LoopOptions): AsyncGenerator<M, void> {
    return this.#run(options, checkedPoll(this.#scope.origin, options.poll), true);
  }

  /** As `run`, but each message is the caller's to release. */
  runUnowned(options: LoopOptions): AsyncGenerator<M, void> {
    return this.#run(options, checkedPoll(this.#scope.origin, options.poll), false);
  }

  async *#run(
    options: WaitOptions,
    lookAgainAfter: number | undefined,
    ownsMessages: boolean,
  ): AsyncGenerator<M, void> {
    const leave = this.#scope.occupy();
    const subscribe = (wake: () => void): (() => void) => this.#subscribe(wake);
    const next = { look: () => this.#look(), subscribe, lookAgainAfter };
    try {
      await this.#waking?.prepare(lookAgainAfter === undefined);
      for (;;) {
        this.#isFirstLook = true;
        const message = await waitFor(this.#scope, next, options);
        if (message === TIMED_OUT || message === ENDED || message === NO_MORE) return;
        try {
          yield message;
        } finally {
          if (ownsMessages && !isKept(message)) message.release();
        }
      }
    } finally {
      this.#stopWatching?.();
      this.#stopWatching = undefined;
      leave();
    }
  }

  #look(): M | typeof NO_MORE | undefined {
    this.#count();
    const message = this.#source.take();
    const waking = this.#waking;
    if (waking === undefined) return message;
    if (message !== undefined) {
      waking.noteTaken();
      return message;
    }
    waking.settle();
    return this.#source.take();
  }

  /** What the source watches is watched from the first wait on, until the loop ends. */
  #subscribe(wake: () => void): () => void {
    this.#wake = wake;
    this.#stopWatching ??= this.#source.watch?.(() => this.#wake?.());
    const stopWaking = this.#waking?.subscribe(() => {
      this.#isNotified = true;
      wake();
    });
    return () => {
      this.#wake = undefined;
      stopWaking?.();
    };
  }

  #count(): void {
    if (this.#isNotified) this.#notified++;
    else if (!this.#isFirstLook) this.#polled++;
    this.#isFirstLook = false;
    this.#isNotified = false;
  }
}

/** @returns the longest pause in milliseconds; undefined for none. @throws InvalidArgumentError */
function checkedPoll(origin: string, poll: number | false | undefined): number | undefined {
  if (poll === undefined) return LONGEST_PAUSE;
  if (poll === false) return undefined;
  if (poll > 0) return poll;
  throw new InvalidArgumentError(
    origin,
    `cannot look for messages of ${origin} every ${poll} ms: poll must be a number above 0, or false.`,
  );
}
