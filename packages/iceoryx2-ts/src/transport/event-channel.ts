/**
 * What wakes a listener: a counter per event id in shared memory, and a datagram socket as its bell.
 * Upstream: `event::unix_datagram_socket` with `CountingBitSet`.
 *
 * ```text
 *  0x00  u64   version
 *  0x08  i64   pointer to the counters
 *  0x10  u64   capacity = largest event id + 1
 *  0x18  u8    initialised = 1
 *  0x20  u64   largest event id
 *  0x28  u8    notification state: 0 idle, 1 pending, 2 notified
 *  0x30  u64   counters[capacity]
 * ```
 *
 * A notifier counts first and rings only if nobody has: idle to pending before the datagram, pending to notified
 * after it. Whoever finds "notified" relies on the bell that rang already.
 *
 * A listener takes the bells first, then sets the state back to idle, then takes the counters, and so never sleeps
 * beside a count: who skipped the bell because of "notified" had counted before that state ended, and is taken; who
 * comes later finds "idle" and rings a bell that is not taken yet. In any other order a bell can be taken together
 * with the count of another one.
 *
 * One hole stays in every order: a notifier that was slow to say "notified" can say it for the next one, who then
 * dies before he rings. A listener that waits therefore looks at the state now and then (`isIdle`).
 */
import { add64, compareExchange8, exchange64, load8, store8 } from "../memory/atomics.ts";
import type { Region } from "../memory/region.ts";
import { CONTENT_OFFSET } from "./dynamic-storage.ts";

const COUNTERS_POINTER: number = CONTENT_OFFSET;
const CAPACITY: number = COUNTERS_POINTER + 8;
const IS_INITIALIZED: number = CAPACITY + 8;
const EVENT_ID_MAX: number = IS_INITIALIZED + 8;
const NOTIFICATION_STATE: number = EVENT_ID_MAX + 8;
export const EVENT_CHANNEL_HEADER_SIZE: number = NOTIFICATION_STATE + 8;

/** Upstream reserves room to align the counters. */
const ALIGNMENT_SLACK = 7;

export function eventChannelSize(eventIdMax: number): number {
  return EVENT_CHANNEL_HEADER_SIZE + 8 * (eventIdMax + 1) + ALIGNMENT_SLACK;
}

const IDLE = 0;
const PENDING = 1;
const NOTIFIED = 2;

/** More bells than that stay for the next time, so that nobody who keeps ringing can keep a listener. */
const BELLS_MAX = 16;

export class EventChannel {
  readonly #region: Region;
  /** Index of the first counter into `longs`. */
  readonly #counters: number;
  /** One more than the largest event id. */
  readonly capacity: number;

  private constructor(region: Region, counters: number, capacity: number) {
    this.#region = region;
    this.#counters = counters / 8;
    this.capacity = capacity;
  }

  /** Writes a channel into zeroed memory that nobody else sees yet. */
  static initialize(region: Region, eventIdMax: number): EventChannel {
    const capacity = eventIdMax + 1;
    region.writePointer(COUNTERS_POINTER, EVENT_CHANNEL_HEADER_SIZE);
    region.longs[CAPACITY / 8] = BigInt(capacity);
    region.bytes[IS_INITIALIZED] = 1;
    region.longs[EVENT_ID_MAX / 8] = BigInt(eventIdMax);
    return new EventChannel(region, EVENT_CHANNEL_HEADER_SIZE, capacity);
  }

  /** @returns undefined if the region does not hold a whole channel. */
  static attach(region: Region): EventChannel | undefined {
    const capacity = region.size64(CAPACITY);
    const counters = region.followPointer(COUNTERS_POINTER, 8 * capacity, 8);
    return counters === undefined ? undefined : new EventChannel(region, counters, capacity);
  }

  /** Whether no bell rings or is about to; counts without one were left by somebody who died. */
  get isIdle(): boolean {
    return load8(this.#region.bytes, NOTIFICATION_STATE) === IDLE;
  }

  /**
   * Counts an event and rings if nobody else does.
   *
   * @param eventId below the capacity.
   * @param ring what it throws leaves the event counted, and the next one rings again.
   */
  notify(eventId: number, ring: () => void): void {
    const { longs, bytes } = this.#region;
    add64(longs, this.#counters + eventId, 1n);
    if (compareExchange8(bytes, NOTIFICATION_STATE, IDLE, PENDING) === NOTIFIED) return;
    ring();
    compareExchange8(bytes, NOTIFICATION_STATE, PENDING, NOTIFIED);
  }

  /**
   * Takes all bells and all counts.
   *
   * @param takeBell returns whether there was one.
   * @param report is called in ascending order of the event ids, for those that were counted.
   */
  drain(takeBell: () => boolean, report: (eventId: number, count: number) => void): void {
    for (let bells = 0; bells < BELLS_MAX && takeBell(); bells++);
    store8(this.#region.bytes, NOTIFICATION_STATE, IDLE);
    const { longs, words } = this.#region;
    // Plain reads will do: what was counted before the state became idle is there, all else is for the next bell.
    for (let eventId = 0; eventId < this.capacity; eventId++) {
      const counter = this.#counters + eventId;
      if ((words[2 * counter]! | words[2 * counter + 1]!) === 0) continue;
      report(eventId, Number(exchange64(longs, counter, 0n)));
    }
  }
}
