/**
 * The event service that goes with another service of the same name, so that its ports wake each other.
 *
 * It is a convenience: data goes its way without it. So what fails here later on is logged, once, and not thrown.
 */
import { Iox2Error } from "../../base/iox2-error.ts";
import { log } from "../../base/log.ts";
import type { NodeState } from "../../lifecycle/node-state.ts";
import { serviceSteps } from "../../lifecycle/service-lifecycle.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { runAsync, runSync } from "../../os/steps.ts";
import { defineAttributes, requireAttributes } from "../../service/attributes.ts";
import { type EventQos, EventRequest } from "../../service/event.ts";
import type { EventPattern } from "../../service/messaging-pattern.ts";
import type { ServiceRequest } from "../../service/service-request.ts";
import type { EventActivation } from "./activations.ts";
import { createListener } from "./create-listener.ts";
import { createNotifier } from "./create-notifier.ts";
import type { ListenerPort } from "./listener.ts";
import type { NotifierPort } from "./notifier.ts";

export class PairedEvents {
  readonly #origin: string;
  readonly #notifier: NotifierPort;
  readonly #listener: ListenerPort;
  #hasWarned = false;

  private constructor(origin: string, notifier: NotifierPort, listener: ListenerPort) {
    this.#origin = origin;
    this.#notifier = notifier;
    this.#listener = listener;
  }

  /**
   * @param origin the port that wants it.
   * @param largestId that will be sent.
   * @throws EventOpenError, EventCreateError, NotifierCreateError, ListenerCreateError and others; nothing stays then.
   */
  static openOrCreate(node: NodeState, name: string, origin: string, largestId: number): PairedEvents {
    return PairedEvents.#over(openOrCreateEvents(node, name, largestId), origin);
  }

  /** @returns undefined if there is none, or if it does not fit, which is logged. */
  static async find(
    node: NodeState,
    name: string,
    origin: string,
    largestId: number,
  ): Promise<PairedEvents | undefined> {
    return findEvents(node, name, origin, largestId, (service) => PairedEvents.#over(service, origin));
  }

  /** Its ports keep the service open. */
  static #over(service: ServiceState<EventPattern>, origin: string): PairedEvents {
    let notifier: NotifierPort | undefined;
    try {
      notifier = createNotifier(service, {}) as NotifierPort;
      const listener = createListener(service, {}) as ListenerPort;
      // They go with the port that wants them, which has something to tell then.
      service.node.disown(notifier);
      service.node.disown(listener);
      return new PairedEvents(origin, notifier, listener);
    } catch (error) {
      notifier?.close();
      throw error;
    } finally {
      service.release();
    }
  }

  /** Notifies everybody but our own listener. */
  tell(eventId: number): void {
    try {
      this.#notifier.notifyOthers(this.#listener.id, eventId);
    } catch (error) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      log("warn", this.#origin, `it could not notify: ${error}`);
    }
  }

  /** Takes what was notified. */
  take(): readonly EventActivation[] {
    return this.#listener.closed ? [] : this.#listener.tryWait();
  }

  /** Calls back whenever something was notified that nobody took yet, until the returned function is called. */
  subscribe(wake: () => void): () => void {
    return this.#listener.closed ? () => {} : this.#listener.subscribe(wake);
  }

  /** Lets the process end although somebody subscribes. */
  unref(): void {
    this.#listener.unref();
  }

  close(): void {
    this.#notifier.close();
    this.#listener.close();
  }
}

/**
 * The service holds one reference; release it.
 *
 * @throws EventOpenError, EventCreateError and others
 */
export function openOrCreateEvents(
  node: NodeState,
  name: string,
  largestId: number,
): ServiceState<EventPattern> {
  return runSync(node.os, serviceSteps.openOrCreate(node, requestFor(node, name, largestId)));
}

/**
 * @param join gets the service with one reference, which it releases.
 * @returns undefined if there is no such service.
 * @throws what `join` throws, and if the service does not fit; it was logged then.
 */
export async function findEvents<T>(
  node: NodeState,
  name: string,
  origin: string,
  largestId: number,
  join: (service: ServiceState<EventPattern>) => T,
): Promise<T | undefined> {
  try {
    const steps = serviceSteps.open(node, requestFor(node, name, largestId));
    return join(await runAsync(node.os, origin, steps, {}));
  } catch (error) {
    if (error instanceof Iox2Error && (error.code === "DoesNotExist" || error.code === "Closed"))
      return undefined;
    log("warn", origin, `it is not woken by the event service "${name}": ${error}`);
    throw error;
  }
}

/** Any service whose ids are enough will do; a new one gets what the configuration says, and enough ids. */
function requestFor(node: NodeState, serviceName: string, largestId: number): ServiceRequest<EventPattern> {
  const { os, config } = node;
  const attributes = defineAttributes({});
  const requirements = requireAttributes(undefined, undefined);
  const request = (qos: EventQos): EventRequest =>
    new EventRequest({ os, serviceName, config, qos, attributes, requirements });
  const opening = request({ eventIdMaxValue: largestId });
  const creating = request({ eventIdMaxValue: Math.max(largestId, config.defaults.event.eventIdMaxValue) });
  return {
    kind: "Event",
    serviceName,
    attributes,
    requirements,
    errors: opening.errors,
    toCreate: () => creating.toCreate(),
    checkExisting: (existing) => opening.checkExisting(existing),
  };
}
