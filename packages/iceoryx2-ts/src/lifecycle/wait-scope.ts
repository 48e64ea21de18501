/**
 * What the waits of one object depend on: whether it is closed, what SIGINT and SIGTERM do to them, and whether they
 * keep the process alive. Nodes and ports have one each.
 */
import { AlreadyWaitingError } from "../base/general-errors.ts";
import type { Os } from "../os/os.ts";
import type { SignalMode } from "./termination.ts";

export class WaitScope {
  readonly os: Os;
  readonly signalMode: SignalMode;
  /** Whose waits these are, for messages, such as `listener of service "a"`. */
  readonly origin: string;
  readonly #closeCallbacks: Set<() => void> = new Set();
  readonly #refCallbacks: Set<(isRef: boolean) => void> = new Set();
  #isClosed = false;
  #isRef = true;
  #isOccupied = false;

  constructor(os: Os, signalMode: SignalMode, origin: string) {
    this.os = os;
    this.signalMode = signalMode;
    this.origin = origin;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether pending waits keep the process alive. */
  get isRef(): boolean {
    return this.#isRef;
  }

  set isRef(isRef: boolean) {
    if (this.#isRef === isRef) return;
    this.#isRef = isRef;
    for (const callback of [...this.#refCallbacks]) callback(isRef);
  }

  /** Calls back when the object closes. @returns how to take it back. */
  onClose(callback: () => void): () => void {
    this.#closeCallbacks.add(callback);
    return () => this.#closeCallbacks.delete(callback);
  }

  /** Calls back when `isRef` changes. @returns how to take it back. */
  onRefChange(callback: (isRef: boolean) => void): () => void {
    this.#refCallbacks.add(callback);
    return () => this.#refCallbacks.delete(callback);
  }

  /**
   * Claims the object for a single waiter: who waits first must not lose to a second one what he waits for.
   *
   * @returns how to give it up.
   * @throws AlreadyWaitingError
   */
  occupy(): () => void {
    if (this.#isOccupied) throw new AlreadyWaitingError(this.origin);
    this.#isOccupied = true;
    return () => {
      this.#isOccupied = false;
    };
  }

  /** Ends all pending waits. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const callback of [...this.#closeCallbacks]) callback();
  }
}
