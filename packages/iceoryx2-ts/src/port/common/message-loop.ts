/** Loops over messages as they come: what `for await` over a port does. */
import { InvalidArgumentError } from "../../base/general-errors.ts";
import type { WaitScope } from "../../lifecycle/wait-scope.ts";
import { ENDED, TIMED_OUT, type WaitOptions, waitFor } from "../../lifecycle/waiting.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { Header } from "./loan.ts";
import { isKept, type ReceivedMessage } from "./received-message.ts";

export interface LoopOptions extends WaitOptions {
  /**
   * While nothing comes, the loop looks again after pauses that grow from 1 ms up to this, in milliseconds; 50 by
   * default. `false`: it looks only when it is woken.
   */
  readonly poll?: number | false | undefined;
}

/** Instead of a message: no more will come. */
export const NO_MORE: unique symbol = Symbol("no more messages");

/** In milliseconds. */
const LONGEST_PAUSE = 50;

/**
 * The loop owns its messages: each is released when the next one is asked for and when the loop ends, unless it is
 * kept. It ends when the time passes without one, when the scope closes and when `take` says so.
 *
 * @param origin for messages, such as `subscriber of service "a"`.
 * @param take returns a message, undefined if there is none yet, or `NO_MORE`.
 * @throws InvalidArgumentError; the loop AlreadyWaitingError and what `take` throws
 */
export function messageLoop<M extends ReceivedMessage<PayloadType, Header>>(
  scope: WaitScope,
  origin: string,
  take: () => M | typeof NO_MORE | undefined,
  options: LoopOptions,
): AsyncGenerator<M, void> {
  return loop(scope, origin, { look: take, lookAgainAfter: checkedPoll(origin, options.poll) }, options);
}

async function* loop<M extends ReceivedMessage<PayloadType, Header>>(
  scope: WaitScope,
  origin: string,
  next: { look(): M | typeof NO_MORE | undefined; readonly lookAgainAfter: number | undefined },
  options: WaitOptions,
): AsyncGenerator<M, void> {
  const leave = scope.occupy(origin);
  try {
    for (;;) {
      const message = await waitFor(scope, next, options);
      if (message === TIMED_OUT || message === ENDED || message === NO_MORE) return;
      try {
        yield message;
      } finally {
        if (!isKept(message)) message.release();
      }
    }
  } finally {
    leave();
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
