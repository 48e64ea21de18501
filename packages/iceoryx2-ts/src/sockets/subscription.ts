/**
 * How a subscriber joins a publisher.
 *
 * It greets the publisher once its own receiving side is connected, and the publisher welcomes it with a page in the
 * midst of its messages: those before are not for this subscriber, all those after are.
 */
import { type Ends, LOOK } from "./ends.ts";
import { greet, type ReceivedPage, readGreeting } from "./greeting.ts";
import type { Connected } from "./handshake.ts";
import { Link } from "./link.ts";
import type { OwnPage } from "./page.ts";

const FIRST = 0;

export class Subscription {
  readonly #ends: Ends;
  readonly #onGreeting: () => void;
  #own: { readonly page: OwnPage; readonly to: bigint } | undefined;
  #isReady = false;

  /** @param onGreeting called before a publisher is greeted. */
  constructor(ends: Ends, onGreeting: () => void) {
    this.#ends = ends;
    this.#onGreeting = onGreeting;
  }

  /** Goes on as far as possible; to be called again when the publisher did something. */
  step(): Connected | undefined {
    // The publisher may have welcomed us, sent and left before we look again, and another one may have come.
    const connected = this.#receiveWelcome();
    if (connected !== undefined) return connected;
    this.#greet();
    if (!this.#isReady) this.#getReady();
    return this.#receiveWelcome();
  }

  abandon(): void {}

  #greet(): void {
    const to = this.#ends.outward.subscribers()[0]?.portId;
    if (to === undefined || to === this.#own?.to) return;
    this.#onGreeting();
    const page = greet(this.#ends, to, FIRST);
    this.#own = page && { page, to };
    this.#isReady = false;
  }

  #getReady(): void {
    const { inward, subscriber, notifier } = this.#ends;
    if (this.#own === undefined || inward.numberOfPublishers === 0) return;
    // Connects as well.
    subscriber.hasSamples();
    this.#isReady = true;
    this.#own.page.getReady();
    notifier.notify(LOOK);
  }

  #receiveWelcome(): Connected | undefined {
    const { subscriber, notifier } = this.#ends;
    const own = this.#own;
    let discarded = 0;
    let connected: Connected | undefined;
    while (connected === undefined) {
      const sample = subscriber.receive();
      if (sample === undefined) break;
      const welcome = readGreeting(sample, this.#ends);
      if (own !== undefined && welcome?.page.from === own.to) {
        connected = this.#join(own.page, welcome);
      } else {
        discarded++;
        welcome?.sample.release();
      }
    }
    // The publisher may wait for our room.
    if (discarded > 0) notifier.notify(LOOK);
    return connected;
  }

  #join(own: OwnPage, welcome: ReceivedPage): Connected {
    const nextToReceive = (welcome.sequence + 1) | 0;
    own.accept(nextToReceive);
    const listener = this.#ends.findListener(welcome.page.listener);
    const link = new Link(this.#ends, own, welcome, listener, FIRST);
    return { link, nextToSend: FIRST + 1, nextToReceive };
  }
}
