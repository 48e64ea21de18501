/** What happens about connections that cannot be used: the others go on, and the user may be told. */
import { diagnose } from "../../base/diagnostics.ts";
import { log } from "../../base/log.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { DegradationCause, DegradationHandler } from "./handlers.ts";

type ToError = (origin: string, code: DegradationCause, message: string, cause: unknown) => Error;

const WHAT: Readonly<Record<DegradationCause, string>> = {
  FailedToEstablishConnection: "a connection could not be established",
  ConnectionCorrupted: "a connection is corrupted and not used any more",
};

export class Degradation {
  readonly #service: ServiceState;
  readonly #origin: string;
  readonly #handler: DegradationHandler | undefined;
  #failure: { readonly cause: DegradationCause; readonly error: unknown } | undefined;

  constructor(service: ServiceState, origin: string, handler: DegradationHandler | undefined) {
    this.#service = service;
    this.#origin = origin;
    this.#handler = handler;
  }

  report(cause: DegradationCause, senderPortId: bigint, receiverPortId: bigint, error: unknown): void {
    const { serviceId } = this.#service.staticConfig;
    diagnose("iceoryx2.connection.degraded", () => {
      return { origin: this.#origin, serviceId, senderPortId, receiverPortId, cause, error };
    });
    const action = this.#handler?.(cause, { serviceId, senderPortId, receiverPortId, error }) ?? "Warn";
    if (action === "Warn") log("warn", this.#origin, `${WHAT[cause]}: ${error}`);
    if (action === "DegradeAndFail") this.#failure = { cause, error };
  }

  /** Whether a handler said "DegradeAndFail" since the last time. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** After `hasFailed`. @throws the port's error. */
  fail(toError: ToError): never {
    const { cause, error } = this.#failure!;
    this.#failure = undefined;
    throw toError(this.#origin, cause, `${this.#origin}: ${WHAT[cause]}: ${error}`, error);
  }

  /** Nobody is there to be told. */
  forget(): void {
    this.#failure = undefined;
  }
}
