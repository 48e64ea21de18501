/** Tells those who answer requests when nobody waits for the answers any more. */
import type { PayloadType } from "../../payload/meaning.ts";
import type { Header } from "../common/loan.ts";
import type { ActiveRequest } from "./active-request.ts";
import type { PeerDeaths } from "./peer-deaths.ts";

type AnyActiveRequest = ActiveRequest<PayloadType, PayloadType, Header, Header>;

/** Nobody is told of a client that gives up its request. So we look, after pauses that grow; in milliseconds. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 50;

export class Departures {
  readonly #deaths: PeerDeaths;
  readonly #watched: Map<AnyActiveRequest, AbortController> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #pause = FIRST_PAUSE;
  /** Clients that die are watched only for those who take their time. */
  #stopWatching: (() => void) | undefined;

  constructor(deaths: PeerDeaths) {
    this.#deaths = deaths;
  }

  /** Aborts when the client of a request goes, until the returned function is called. */
  watch(request: AnyActiveRequest, controller: AbortController): () => void {
    if (hasLeft(request)) controller.abort();
    else {
      this.#watched.set(request, controller);
      if (this.#timer === undefined) this.#lookLater();
    }
    return () => {
      this.#watched.delete(request);
      if (this.#watched.size === 0) this.#rest();
    };
  }

  look(): void {
    for (const [request, controller] of this.#watched) {
      if (!hasLeft(request)) continue;
      this.#watched.delete(request);
      controller.abort();
    }
    if (this.#watched.size === 0) this.#rest();
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.look();
      if (this.#watched.size === 0) return;
      this.#stopWatching ??= this.#deaths.subscribe(() => this.look());
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
      this.#lookLater();
    }, this.#pause);
    // Who answers keeps the process alive, if anybody does.
    this.#timer.unref();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pause = FIRST_PAUSE;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }
}

function hasLeft(request: AnyActiveRequest): boolean {
  return !request.isConnected || request.hasDisconnectHint;
}
