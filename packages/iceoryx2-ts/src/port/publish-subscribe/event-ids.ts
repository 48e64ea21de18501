/** What publishers and subscribers tell each other by events: upstream's example event_based_communication. */
import { InvalidArgumentError } from "../../base/general-errors.ts";

/** The event ids of the paired event service; what is not set is upstream's number. */
export interface PublishSubscribeEventIds {
  /** 0 */
  readonly publisherConnected?: number | undefined;
  /** 1 */
  readonly publisherDisconnected?: number | undefined;
  /** 2 */
  readonly subscriberConnected?: number | undefined;
  /** 3 */
  readonly subscriberDisconnected?: number | undefined;
  /** 4 */
  readonly sentSample?: number | undefined;
  /** 5: a subscriber took all that was there. */
  readonly receivedSample?: number | undefined;
  /** 6 */
  readonly sentHistory?: number | undefined;
}

export type EventIds = Readonly<Record<keyof PublishSubscribeEventIds, number>>;

const UPSTREAM: EventIds = {
  publisherConnected: 0,
  publisherDisconnected: 1,
  subscriberConnected: 2,
  subscriberDisconnected: 3,
  sentSample: 4,
  receivedSample: 5,
  sentHistory: 6,
};

/** @throws InvalidArgumentError */
export function eventIds(origin: string, chosen: PublishSubscribeEventIds): EventIds {
  const ids: Record<keyof EventIds, number> = { ...UPSTREAM };
  for (const name of Object.keys(UPSTREAM) as (keyof EventIds)[]) {
    const id = chosen[name] ?? UPSTREAM[name];
    if (!(Number.isSafeInteger(id) && id >= 0)) {
      throw new InvalidArgumentError(
        origin,
        `cannot create a ${origin}: the event id ${name} is ${id}, but must be an integer from 0 on.`,
      );
    }
    ids[name] = id;
  }
  return ids;
}

export function largestOf(ids: EventIds): number {
  return Math.max(...Object.values(ids));
}
