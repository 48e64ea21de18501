import type { ServiceState } from "../lifecycle/service-state.ts";
import { createListener } from "../port/event/create-listener.ts";
import { createNotifier } from "../port/event/create-notifier.ts";
import type { Listener, ListenerOptions } from "../port/event/listener.ts";
import type { Notifier, NotifierOptions } from "../port/event/notifier.ts";
import type { EventPattern } from "../service/messaging-pattern.ts";
import { type PortDetails, readCommonDetails } from "../service/port-details.ts";
import { type PortFactory, ServiceHandle } from "./port-factory.ts";

/** An event service that is open here: the factory of its ports. */
export interface EventService extends PortFactory<EventPattern> {
  readonly numberOfNotifiers: number;
  readonly numberOfListeners: number;
  /** What the notifiers of all processes tell about themselves. @throws ClosedError */
  notifiers(): PortDetails[];
  /** What the listeners of all processes tell about themselves. @throws ClosedError */
  listeners(): PortDetails[];
  /** @throws NotifierCreateError, InvalidNameError, InvalidArgumentError, ClosedError */
  notifier(options?: NotifierOptions): Notifier;
  /** @throws ListenerCreateError, InvalidNameError, ClosedError */
  listener(options?: ListenerOptions): Listener;
}

export function createEventService(state: ServiceState<EventPattern>): EventService {
  return new EventHandle(state);
}

class EventHandle extends ServiceHandle<EventPattern> implements EventService {
  get numberOfNotifiers(): number {
    return this.demandOpen().dynamicConfig.bagB.length;
  }

  get numberOfListeners(): number {
    return this.demandOpen().dynamicConfig.bagA.length;
  }

  notifiers(): PortDetails[] {
    return this.demandOpen().dynamicConfig.bagB.readAll().map(readCommonDetails);
  }

  listeners(): PortDetails[] {
    return this.demandOpen().dynamicConfig.bagA.readAll().map(readCommonDetails);
  }

  notifier(options: NotifierOptions = {}): Notifier {
    return createNotifier(this.demandOpen(), options);
  }

  listener(options: ListenerOptions = {}): Listener {
    return createListener(this.demandOpen(), options);
  }
}
