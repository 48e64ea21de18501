import type { Notifier as EventNotifier } from "../port/event/notifier.ts";
import { Home, type PortOptions } from "./home.ts";
import type { EventServiceConfig } from "./settings.ts";

/** Wakes the listeners of an event service. */
export class Notifier implements Disposable {
  readonly name: string;
  readonly #home: Home;
  readonly #port: EventNotifier;

  private constructor(name: string, home: Home, port: EventNotifier) {
    this.name = name;
    this.#home = home;
    this.#port = port;
  }

  /**
   * @param name of the service, which is created if there is none, else opened; every setting that is given is
   *   demanded then.
   * @throws EventOpenOrCreateError, NotifierCreateError, NodeCreationFailure, InvalidNameError; nothing is left behind
   *   then.
   */
  static create(name: string, config: EventServiceConfig = {}, options: PortOptions = {}): Notifier {
    const home = new Home(options);
    const port = home.furnish((node) => {
      using service = node.service(name).event().openOrCreate(config);
      return service.notifier();
    });
    return new Notifier(name, home, port);
  }

  get closed(): boolean {
    return this.#port.closed;
  }

  /**
   * Notifies all listeners of an event.
   *
   * @returns how many there are.
   * @throws NotifierNotifyError `EventIdOutOfBounds`, `MissedDeadline`; ClosedError
   */
  notify(eventId: number): number {
    return this.#port.notify(eventId);
  }

  close(): void {
    this.#port.close();
    this.#home.leave();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
