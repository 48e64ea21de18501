import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Region } from "../memory/region.ts";
import {
  attachBag,
  bagRegionSize,
  entryOf,
  initializeBag,
  valueOfEntry,
  valuesIn,
} from "./bag.test-support.ts";
import { BagSnapshot, type BagState } from "./bag.ts";
import { type Actor, explore } from "./interleavings.test-support.ts";

const ALICE = 0xa11cen;
const BOB = 0xb0bn;

/**
 * Two who try to lock count anew whenever the other one counts, in theory for ever. So many steps are enough for each
 * to leave and to count a second time.
 */
const MAX_STEPS_TO_LEAVE = 19;

const leave =
  (slot: number, owner: bigint): Actor =>
  (region) =>
    attachBag(region)!.remove(slot, owner, "LockIfLast");

const enter =
  (value: number, owner: bigint): Actor =>
  (region) =>
    attachBag(region)!.add(entryOf(value), owner);

const prepare =
  (capacity: number, ...owners: readonly bigint[]) =>
  (region: Region): void => {
    const bag = initializeBag(region, capacity);
    owners.forEach((owner, i) => {
      bag.add(entryOf(i + 1), owner);
    });
  };

describe("Bag, in any order of steps", () => {
  it("is locked by exactly one of two who leave at the same time", () => {
    const outcomes = new Set<string>();
    explore({
      size: bagRegionSize(2),
      prepare: prepare(2, ALICE, BOB),
      actors: [leave(0, ALICE), leave(1, BOB)],
      maxSteps: MAX_STEPS_TO_LEAVE,
      check({ region, results, finished }) {
        if (finished.includes(false)) return;
        assert.equal(results.filter((result) => result === "Locked").length, 1, results.join());
        assert.ok(attachBag(region)!.isLocked);
        outcomes.add(results.join());
      },
    });
    assert.deepEqual([...outcomes].sort(), [
      "AlreadyLocked,Locked",
      "Locked,AlreadyLocked",
      "Locked,Unlocked",
      "Unlocked,Locked",
    ]);
  });

  it("admits who enters or is locked by who leaves, never both", () => {
    const outcomes = new Set<string>();
    explore({
      size: bagRegionSize(2),
      prepare: prepare(2, ALICE),
      actors: [leave(0, ALICE), enter(7, BOB)],
      check({ region, results, finished }) {
        if (finished.includes(false)) return;
        const [left, entered] = results as [BagState, unknown];
        const bag = attachBag(region)!;
        assert.equal(left === "Locked", entered === "IsLocked", results.join());
        assert.equal(bag.isLocked, left === "Locked");
        assert.equal(valuesIn(bag).includes(7), !bag.isLocked);
        outcomes.add(left);
      },
    });
    assert.deepEqual([...outcomes].sort(), ["Locked", "Unlocked"]);
  });

  it("gives two who enter at the same time a slot each", () => {
    explore({
      size: bagRegionSize(2),
      prepare: prepare(2),
      actors: [enter(7, ALICE), enter(8, BOB)],
      check({ region, finished }) {
        if (!finished.includes(false)) assert.deepEqual(valuesIn(attachBag(region)!).toSorted(), [7, 8]);
      },
    });
  });

  it("is full for one of two who want the last slot", () => {
    explore({
      size: bagRegionSize(1),
      prepare: prepare(1),
      actors: [enter(7, ALICE), enter(8, BOB)],
      check({ results, finished }) {
        if (!finished.includes(false)) assert.equal(results.filter((it) => it === "OutOfSpace").length, 1);
      },
    });
  });

  it("shows whole entries only, while their slot changes hands", () => {
    const seen = new Set<number | undefined>();
    explore({
      size: bagRegionSize(1),
      prepare: prepare(1, ALICE),
      actors: [
        (region) => {
          const bag = attachBag(region)!;
          bag.remove(0, ALICE, "Default");
          bag.add(entryOf(2), BOB);
        },
        (region) => {
          const snapshot = new BagSnapshot(attachBag(region)!);
          snapshot.update();
          const entry = snapshot.entry(0);
          return entry && valueOfEntry(entry);
        },
      ],
      check({ results, finished }) {
        if (!finished[1]) return;
        const value = results[1] as number | undefined;
        assert.ok(value === undefined || value === 1 || value === 2, `${value}`);
        seen.add(value);
      },
    });
    assert.equal(seen.size, 3);
  });

  it("is known completely to who looks after the last change", () => {
    explore({
      size: bagRegionSize(2),
      prepare: prepare(2, ALICE),
      actors: [leave(0, ALICE), enter(2, BOB)],
      check({ region }) {
        // A snapshot that missed a change would never hear of it: the counter moves last.
        const bag = attachBag(region)!;
        const snapshot = new BagSnapshot(bag);
        snapshot.update();
        assert.deepEqual(
          valuesIn(bag),
          [0, 1].map((slot) => snapshot.entry(slot)).map((entry) => entry && valueOfEntry(entry)),
        );
      },
    });
  });

  it("can be recovered from whoever died at any step of entering and leaving", () => {
    const asked = new Set<number>();
    let deaths = 0;
    explore({
      size: bagRegionSize(2),
      prepare: prepare(2, BOB),
      actors: [
        (region) => {
          const bag = attachBag(region)!;
          const added = bag.add(entryOf(7), ALICE);
          if (typeof added === "object") bag.remove(added.slot, ALICE, "LockIfLast");
        },
      ],
      check({ region }) {
        deaths++;
        const bag = attachBag(region)!;
        const state = bag.recover(
          ALICE,
          (entry) => {
            asked.add(valueOfEntry(entry));
            return true;
          },
          "LockIfLast",
        );
        assert.equal(state, "Unlocked");
        // Whoever enters next finds every slot usable, whatever the dead one left in it.
        const snapshot = new BagSnapshot(bag);
        assert.deepEqual(bag.add(entryOf(9), BOB), { slot: 1 });
        snapshot.update();
        assert.deepEqual(
          [1, 9],
          [0, 1].map((slot) => valueOfEntry(snapshot.entry(slot)!)),
        );
        assert.equal(bag.remove(0, BOB, "LockIfLast"), "Unlocked");
        assert.equal(bag.remove(1, BOB, "LockIfLast"), "Locked");
      },
    });
    assert.deepEqual([...asked], [7]);
    assert.ok(deaths > 20, `${deaths}`);
  });

  it("releases an entry once when two cleaners come", () => {
    const recover: Actor = (region) => {
      const released: number[] = [];
      const state = attachBag(region)!.recover(
        ALICE,
        (entry) => {
          released.push(valueOfEntry(entry));
          return true;
        },
        "LockIfLast",
      );
      return { state, released };
    };
    explore({
      size: bagRegionSize(1),
      prepare: prepare(1, ALICE),
      actors: [recover, recover],
      check({ region, results, finished }) {
        if (finished.includes(false)) return;
        const states = (results as { state: BagState }[]).map(({ state }) => state);
        assert.equal(states.filter((state) => state === "Locked").length, 1, states.join());
        assert.deepEqual(valuesIn(attachBag(region)!), [undefined]);
      },
    });
  });
});
