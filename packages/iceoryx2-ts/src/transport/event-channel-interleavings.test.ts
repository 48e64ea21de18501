import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Actor, explore } from "../lockfree/interleavings.test-support.ts";
import { add32, compareExchange8, compareExchange32, exchange64, load32, store8 } from "../memory/atomics.ts";
import type { Region } from "../memory/region.ts";
import { EventChannel, eventChannelSize } from "./event-channel.ts";

const EVENT_ID_MAX = 1;
const STATE = 0x28;
const COUNTERS = 0x30;
const [IDLE, PENDING, NOTIFIED] = [0, 1, 2];
/** Behind the channel, in 32-bit words: how many datagrams wait in the socket. */
const BELLS: number = Math.ceil(eventChannelSize(EVENT_ID_MAX) / 4);
const SIZE: number = (BELLS + 2) * 4;

const attach = (region: Region): EventChannel => EventChannel.attach(region)!;

function takeBell({ words }: Region): boolean {
  for (;;) {
    const bells = load32(words, BELLS);
    if (bells === 0) return false;
    if (compareExchange32(words, BELLS, bells, bells - 1) === bells) return true;
  }
}

const notify =
  (...eventIds: readonly number[]): Actor =>
  (region) => {
    const ring = (): void => void add32(region.words, BELLS, 1);
    for (const eventId of eventIds) attach(region).notify(eventId, ring);
  };

/** Takes bells and counts in some order. @returns how many counts. */
type Drain = (region: Region) => number;

const ours: Drain = (region) => {
  let total = 0;
  const add = (_: number, count: number): void => {
    total += count;
  };
  attach(region).drain(() => takeBell(region), add);
  return total;
};

function takeCounts({ longs }: Region): number {
  let total = 0;
  for (let id = 0; id <= EVENT_ID_MAX; id++) total += Number(exchange64(longs, COUNTERS / 8 + id, 0n));
  return total;
}

/** As upstream: one bell after the state became idle, and one before it if that was not "notified". */
const upstreams: Drain = (region) => {
  if (compareExchange8(region.bytes, STATE, NOTIFIED, IDLE) !== NOTIFIED) {
    takeBell(region);
    store8(region.bytes, STATE, IDLE);
  }
  takeBell(region);
  return takeCounts(region);
};

/** As upstream, but all bells: it seems to be better and is worse. */
const emptying: Drain = (region) => {
  if (compareExchange8(region.bytes, STATE, NOTIFIED, IDLE) !== NOTIFIED) store8(region.bytes, STATE, IDLE);
  while (takeBell(region));
  return takeCounts(region);
};

const listen =
  (drain: Drain, times: number): Actor =>
  (region) => {
    let total = 0;
    for (let i = 0; i < times; i++) total += drain(region);
    return total;
  };

interface Findings {
  readonly states: number;
  /** In how many ways a listener that is woken by its socket alone would sleep for ever. */
  readonly stuck: number;
}

/** Lets a listener race notifiers, and compares what they counted with what it took. */
function race(drain: Drain, drains: number, notifiers: readonly (readonly number[])[]): Findings {
  let stuck = 0;
  const states = explore({
    size: SIZE,
    prepare: (region) => void EventChannel.initialize(region, EVENT_ID_MAX),
    actors: [listen(drain, drains), ...notifiers.map((eventIds) => notify(...eventIds))],
    check({ region, results, finished }) {
      if (finished.includes(false)) return;
      const rings = load32(region.words, BELLS) > 0;
      const isNotified = region.bytes[STATE] === NOTIFIED;
      const left = takeCounts(region);
      assert.equal(
        (results[0] as number) + left,
        notifiers.flat().length,
        "every notification is counted once",
      );
      if (!rings && (left > 0 || isNotified)) stuck++;
    },
  });
  return { states, stuck };
}

describe("an event channel, in any order of steps", () => {
  for (const [drains, notifiers] of [
    [2, [[1], [1]]],
    [2, [[0], [1]]],
    [2, [[0, 1, 1]]],
    [1, [[0, 0], [1]]],
  ] as const) {
    it(`never leaves a listener asleep, with notifiers of ${JSON.stringify(notifiers)}`, () => {
      const { states, stuck } = race(ours, drains, notifiers);
      assert.equal(stuck, 0);
      assert(states > 1000, `${states}`);
    });
  }

  it("is not idle when a notifier's death leaves a listener asleep, unless it died before it rang", () => {
    let notRung = 0;
    let rearmed = 0;
    explore({
      size: SIZE,
      prepare(region): void {
        EventChannel.initialize(region, EVENT_ID_MAX);
        notify(0)(region);
        // It has rung and is slow to say so.
        store8(region.bytes, STATE, PENDING);
      },
      actors: [
        listen(ours, 1),
        ({ bytes }) => compareExchange8(bytes, STATE, PENDING, NOTIFIED),
        notify(0),
        notify(1),
      ],
      check({ region, finished: [hasDrained, ...others] }) {
        // Whoever has not finished is dead; the others have nothing more to do.
        if (!hasDrained || load32(region.words, BELLS) > 0) return;
        const { isIdle } = attach(region);
        const dead = others.filter((hasFinished) => !hasFinished).length;
        const left = takeCounts(region);
        if (left === 0) return;
        if (!isIdle) rearmed++;
        else {
          notRung++;
          assert(left <= dead, "only counts of the dead are left");
        }
      },
    });
    assert(rearmed > 0 && notRung > 0);
  });

  it("would leave one asleep in upstream's order and in one that empties the socket after that", () => {
    assert(race(upstreams, 2, [[0], [1]]).stuck > 0);
    assert(race(emptying, 2, [[0], [1]]).stuck > 0);
    assert(race(emptying, 2, [[0, 1]]).stuck > 0);
  });
});
