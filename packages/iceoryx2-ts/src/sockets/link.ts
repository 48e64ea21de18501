/**
 * The connection to one other end, when both have got each other's page: what is under way, and who has to be woken.
 *
 * Sequence numbers are compared modulo 2^32, so they are kept as 32-bit integers with a sign.
 */
import { NotifierNotifyError } from "../port/event/event-port-errors.ts";
import type { ConnectedListener } from "../port/event/notifier.ts";
import { type Ends, LOOK, type MessageSample } from "./ends.ts";
import type { ReceivedPage } from "./greeting.ts";
import { type OwnPage, type PeerPage, WANTS_EVERYTHING_TAKEN, WANTS_NOTHING, WANTS_ROOM } from "./page.ts";

export class Link {
  readonly own: OwnPage;
  readonly peer: PeerPage;
  readonly peerPublisherId: bigint;
  /** Undefined if the peer has gone already. */
  readonly #listener: ConnectedListener | undefined;
  /** How many messages may wait for the peer, and for us. */
  readonly #peerBuffer: number;
  readonly #ownBuffer: number;
  /** Holds the peer's page. */
  readonly #sample: MessageSample;
  readonly #first: number;
  readonly #stopWatching: () => void;
  #isAccepted = false;

  /** @param first the number of our page, which goes before all messages. */
  constructor(
    ends: Ends,
    own: OwnPage,
    { page, sample }: ReceivedPage,
    listener: ConnectedListener | undefined,
    first: number,
  ) {
    this.own = own;
    this.#first = first;
    this.peer = page;
    this.peerPublisherId = sample.origin;
    this.#sample = sample;
    this.#listener = listener;
    this.#stopWatching = ends.cleanUpAfter(sample.header.nodeId);
    this.#ownBuffer = ends.subscriber.bufferSize;
    this.#peerBuffer = ends.outward.staticConfig.subscriberMaxBufferSize;
  }

  /** How many of the messages before `next` the peer has not taken yet; NaN if it says what cannot be. */
  inFlight(next: number): number {
    this.#isAccepted ||= this.peer.hasAccepted;
    const waiting = (next - (this.#isAccepted ? this.peer.received : this.#first)) | 0;
    return waiting >= 0 && waiting <= this.#peerBuffer ? waiting : Number.NaN;
  }

  hasRoom(next: number): boolean {
    return this.inFlight(next) < this.#peerBuffer;
  }

  /** After a message was sent. @param next the number of the next one. */
  sent(next: number): void {
    this.own.sent = next;
    if (this.peer.isAsleep) this.wake();
  }

  /** After a message was taken. @param next the number of the next one. */
  received(next: number): void {
    this.own.received = next;
    const { wants } = this.peer;
    if (wants === WANTS_NOTHING) return;
    const waiting = (this.peer.sent - next) | 0;
    // Who waits for room is woken for half of it, not for every place.
    if (waiting <= (wants === WANTS_ROOM ? this.#ownBuffer >> 1 : 0)) this.wake();
  }

  /** Tells the peer what we wait for, before we look for the last time. */
  announce(isReceiverAsleep: boolean, wantsRoom: boolean, wantsEverythingTaken: boolean): void {
    this.own.isAsleep = isReceiverAsleep;
    this.own.wants = wantsRoom ? WANTS_ROOM : wantsEverythingTaken ? WANTS_EVERYTHING_TAKEN : WANTS_NOTHING;
  }

  /** One that is gone needs no waking; that it is gone is learnt in another way. */
  wake(): void {
    try {
      this.#listener?.notify(LOOK);
    } catch (error) {
      if (!(error instanceof NotifierNotifyError)) throw error;
    }
  }

  /** Gives the peer's page back, and leaves it to others to find out about the peer. */
  release(): void {
    this.#stopWatching();
    this.#sample.release();
  }
}
