/** A message on its way through a queue of sends: a value that is copied when its turn comes, or a loan. */
import { InvalidArgumentError } from "../../base/general-errors.ts";
import { chunkOfLoan, type Lender } from "./loan.ts";
import type { MessageWriter } from "./message-writer.ts";
import { NO_ROOM } from "./sender.ts";

export interface Outgoing {
  /** Tries to deliver. @returns how many receivers got it, or undefined if there is no room. */
  attempt(): number | undefined;
  /** Call it afterwards, however it went. @param isSent whether it was delivered. */
  end(isSent: boolean): void;
}

/** A port whose sends may wait. */
export interface WaitingLender extends Lender<number> {
  readonly origin: string;
  /** As `send`, but returns `NO_ROOM` where waiting for room would help. */
  trySend(chunk: number): number;
}

/** @throws InvalidArgumentError for a loan of another port. */
export function outgoing(
  lender: WaitingLender,
  writer: MessageWriter,
  value: unknown,
  userHeader: unknown,
): Outgoing {
  const isLoan = chunkOfLoan(value, lender);
  if (isLoan === "foreign") throw foreignLoan(lender.origin);
  return isLoan === undefined
    ? new OutgoingCopy(lender, writer, value, userHeader)
    : new OutgoingLoan(lender, value as { release(): void });
}

class OutgoingCopy implements Outgoing {
  readonly #lender: WaitingLender;
  readonly #writer: MessageWriter;
  readonly #value: unknown;
  readonly #userHeader: unknown;
  #chunk = -1;

  constructor(lender: WaitingLender, writer: MessageWriter, value: unknown, userHeader: unknown) {
    this.#lender = lender;
    this.#writer = writer;
    this.#value = value;
    this.#userHeader = userHeader;
  }

  attempt(): number | undefined {
    if (this.#chunk < 0) this.#chunk = this.#writer.loanCopy(this.#value, this.#userHeader);
    const receivers = this.#lender.trySend(this.#chunk);
    return receivers === NO_ROOM ? undefined : receivers;
  }

  end(): void {
    if (this.#chunk >= 0) this.#lender.endLoan(this.#chunk);
  }
}

class OutgoingLoan implements Outgoing {
  readonly #lender: WaitingLender;
  readonly #loan: { release(): void };

  constructor(lender: WaitingLender, loan: { release(): void }) {
    this.#lender = lender;
    this.#loan = loan;
  }

  attempt(): number | undefined {
    // Its user may have released it meanwhile: then this throws.
    const receivers = this.#lender.trySend(chunkOfLoan(this.#loan, this.#lender) as number);
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
