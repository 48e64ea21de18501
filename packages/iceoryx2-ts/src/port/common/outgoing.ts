/** A message on its way through a queue of sends: a value that is copied when its turn comes, or a loan. */
import { InvalidArgumentError } from "../../base/general-errors.ts";
import type { WaitOptions } from "../../lifecycle/waiting.ts";
import { Attempts } from "./attempts.ts";
import { chunkOfLoan, type Lender } from "./loan.ts";
import type { SendQueue } from "./send-queue.ts";
import { NO_ROOM } from "./sender.ts";

export interface Outgoing {
  /** Tries to deliver. @returns how many receivers got it, or undefined if there is no room. */
  attempt(): number | undefined;
  /** Call it afterwards, however it went; doing it twice is allowed. @param isSent whether it was delivered. */
  end(isSent: boolean): void;
}

/** Whose sends may wait: a port, or a request that is answered. */
export interface WaitingLender extends Lender<number> {
  readonly origin: string;
  /** Loans a chunk and copies a value into it. */
  loanCopy(value: unknown, userHeader: unknown): number;
  /** As `sendLoan`, but returns `NO_ROOM` where waiting for room would help. */
  trySend(chunk: number, attempts: Attempts): number;
}

/**
 * Sends a value or a loan when its turn in the queue has come and there is room.
 *
 * @throws InvalidArgumentError for a loan of another port, and what the queue throws.
 */
export async function sendInTurn(
  queue: SendQueue,
  lender: WaitingLender,
  value: unknown,
  options: WaitOptions & { readonly userHeader?: unknown },
): Promise<number> {
  const message = outgoing(lender, value, options.userHeader);
  // Who closes the port gives its memory up before the rejection arrives here.
  const forget = queue.onClose(() => message.end(false));
  let isSent = false;
  try {
    const receivers = await queue.send(() => message.attempt(), options);
    isSent = true;
    return receivers;
  } finally {
    forget();
    message.end(isSent);
  }
}

/** @throws InvalidArgumentError for a loan of another port. */
export function outgoing(lender: WaitingLender, value: unknown, userHeader: unknown): Outgoing {
  const isLoan = chunkOfLoan(value, lender);
  if (isLoan === "foreign") throw foreignLoan(lender.origin);
  return isLoan === undefined
    ? new OutgoingCopy(lender, value, userHeader)
    : new OutgoingLoan(lender, value as { release(): void });
}

class OutgoingCopy implements Outgoing {
  readonly #lender: WaitingLender;
  readonly #value: unknown;
  readonly #userHeader: unknown;
  readonly #attempts: Attempts = new Attempts();
  #chunk = -1;

  constructor(lender: WaitingLender, value: unknown, userHeader: unknown) {
    this.#lender = lender;
    this.#value = value;
    this.#userHeader = userHeader;
  }

  attempt(): number | undefined {
    if (this.#chunk < 0) this.#chunk = this.#lender.loanCopy(this.#value, this.#userHeader);
    const receivers = this.#lender.trySend(this.#chunk, this.#attempts);
    return receivers === NO_ROOM ? undefined : receivers;
  }

  end(): void {
    const chunk = this.#chunk;
    if (chunk < 0) return;
    this.#chunk = -1;
    this.#lender.endLoan(chunk);
  }
}

class OutgoingLoan implements Outgoing {
  readonly #lender: WaitingLender;
  readonly #loan: { release(): void };
  readonly #attempts: Attempts = new Attempts();

  constructor(lender: WaitingLender, loan: { release(): void }) {
    this.#lender = lender;
    this.#loan = loan;
  }

  attempt(): number | undefined {
    // Its user may have released it meanwhile: then this throws.
    const chunk = chunkOfLoan(this.#loan, this.#lender) as number;
    const receivers = this.#lender.trySend(chunk, this.#attempts);
    return receivers === NO_ROOM ? undefined : receivers;
  }

  end(isSent: boolean): void {
    if (isSent) this.#loan.release();
  }
}

function foreignLoan(origin: string): InvalidArgumentError {
  return new InvalidArgumentError(
    origin,
    `cannot send a loan of another port from ${origin}. Send it from the port that made it.`,
  );
}
