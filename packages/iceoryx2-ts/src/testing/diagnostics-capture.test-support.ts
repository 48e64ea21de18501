import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Diagnostics } from "../base/diagnostics.ts";

/** Collects what is told on one channel during a test. */
export class DiagnosticsCapture<Name extends keyof Diagnostics> implements Disposable {
  readonly messages: Diagnostics[Name][] = [];
  readonly #name: Name;
  readonly #listener = (message: unknown): void => {
    this.messages.push(message as Diagnostics[Name]);
  };

  constructor(name: Name) {
    this.#name = name;
    subscribe(name, this.#listener);
  }

  [Symbol.dispose](): void {
    unsubscribe(this.#name, this.#listener);
  }
}
