/**
 * How an end gets connected to the only other one that there is.
 *
 * Both know each other's subscribers from the service. Each greets the other's with its page, and says in it when it
 * has got the other's: then both ways are known to work, and what is sent from then on arrives. An end that came, went
 * and came again has another subscriber, and is greeted again.
 */
import { type Ends, LOOK } from "./ends.ts";
import { greet, type ReceivedPage, readGreeting } from "./greeting.ts";
import { Link } from "./link.ts";
import type { OwnPage } from "./page.ts";

export interface Connected {
  readonly link: Link;
  /** The number of the next message that is sent, and of the next one that comes. */
  readonly nextToSend: number;
  readonly nextToReceive: number;
}

const FIRST = 0;

export class Handshake {
  readonly #ends: Ends;
  readonly #onGreeting: () => void;
  #own: { readonly page: OwnPage; readonly to: bigint } | undefined;
  #hasAccepted = false;
  #peer: ReceivedPage | undefined;

  /** @param onGreeting called before another end is greeted. */
  constructor(ends: Ends, onGreeting: () => void) {
    this.#ends = ends;
    this.#onGreeting = onGreeting;
  }

  /** Goes on as far as possible; to be called again when the other end did something. */
  step(): Connected | undefined {
    // The other end may have connected, sent and left before we look again, and another one may have come.
    const connected = this.#finish();
    if (connected !== undefined) return connected;
    this.#greet();
    // What follows the page of an end that is accepted are messages.
    if (!this.#hasAccepted) this.#receive();
    if (!this.#hasAccepted) this.#accept();
    return this.#finish();
  }

  abandon(): void {
    this.#peer?.sample.release();
    this.#peer = undefined;
  }

  #greet(): void {
    const to = this.#ends.outward.subscribers()[0]?.portId;
    if (to === undefined || to === this.#own?.to) return;
    this.#onGreeting();
    const page = greet(this.#ends, to, FIRST);
    this.#own = page && { page, to };
    this.#hasAccepted = false;
  }

  #receive(): void {
    const { subscriber } = this.#ends;
    for (let sample = subscriber.receive(); sample !== undefined; sample = subscriber.receive()) {
      const greeting = readGreeting(sample, this.#ends);
      if (greeting === undefined) continue;
      this.#peer?.sample.release();
      this.#peer = greeting;
      return;
    }
  }

  #accept(): void {
    const own = this.#own;
    const peer = this.#peer;
    if (own === undefined || peer?.page.from !== own.to) return;
    this.#hasAccepted = true;
    own.page.accept((peer.sequence + 1) | 0);
    this.#ends.notifier.notify(LOOK);
  }

  #finish(): Connected | undefined {
    const own = this.#own;
    const peer = this.#peer;
    if (own === undefined || peer === undefined || !this.#hasAccepted || !peer.page.hasAccepted)
      return undefined;
    const listener = this.#ends.findListener(peer.page.listener);
    // One that went before it was connected sent nothing.
    if (listener === undefined && !peer.page.isConnected) return undefined;
    this.#peer = undefined;
    own.page.connect();
    const link = new Link(this.#ends, own.page, peer, listener, FIRST);
    return { link, nextToSend: FIRST + 1, nextToReceive: (peer.sequence + 1) | 0 };
  }
}
