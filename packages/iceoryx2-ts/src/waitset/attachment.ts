/** What is attached to a wait set, and what the wait set reports of it. */
import { type Listener, ListenerPort } from "../port/event/listener.ts";
import type { DueTime } from "./due-time.ts";
import { Neglect } from "./neglect.ts";

/** Keeps something attached. */
export interface Guard extends Disposable {
  readonly released: boolean;
  /** Detaches it: nothing of it is reported from now on. Releasing twice is allowed. */
  release(): void;
}

/** A descriptor of whatever kind that can be polled: a socket, a pipe, an eventfd ... */
export interface DescriptorSource {
  readonly fd: number;
}

/** What a wait set reports; `source` is the very object that was attached, so it narrows by identity. */
export type Attachment =
  | { readonly kind: "notification"; readonly guard: Guard; readonly source: Listener }
  | { readonly kind: "missedDeadline"; readonly guard: Guard; readonly source: Listener | DescriptorSource }
  | { readonly kind: "interval"; readonly guard: Guard }
  | { readonly kind: "fileDescriptor"; readonly guard: Guard; readonly fd: number };

/** What is called when the guard is released. */
type Detach = (attached: Attached) => void;

export class Attached implements Guard {
  /** What is known about a descriptor that is a listener's. */
  readonly listener: ListenerPort | undefined;
  readonly fd: number | undefined;
  readonly due: DueTime | undefined;
  readonly neglect: Neglect | undefined;
  /** What there is to report: made once, as there may be many reports. */
  readonly whenReadable: Attachment | undefined;
  readonly whenDue: Attachment | undefined;
  /** The round in which it was found readable last. */
  round = 0;
  readonly #detach: Detach;
  #isReleased = false;

  /** @param source none for an interval. @param due none for what has no deadline. */
  constructor(detach: Detach, source: Listener | DescriptorSource | undefined, due: DueTime | undefined) {
    this.#detach = detach;
    this.due = due;
    if (source instanceof ListenerPort) {
      this.listener = source;
      this.neglect = new Neglect(source);
      this.whenReadable = { kind: "notification", guard: this, source };
    } else if (source !== undefined) {
      this.whenReadable = { kind: "fileDescriptor", guard: this, fd: source.fd };
    }
    this.fd = source?.fd;
    if (due === undefined) return;
    this.whenDue =
      source === undefined
        ? { kind: "interval", guard: this }
        : { kind: "missedDeadline", guard: this, source };
  }

  get released(): boolean {
    return this.#isReleased;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#detach(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
