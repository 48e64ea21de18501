import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Region } from "../memory/region.ts";
import { attachBag, entryOf, newBag, valueOfEntry, valuesIn } from "./bag.test-support.ts";
import { type Bag, BagSnapshot, type BagState, type RemoveMode } from "./bag.ts";

const ALICE = 0xa11cen;
const BOB = 0x1_0000_0b0bn;

describe("Bag", () => {
  it("gives each entry the first free slot", () => {
    const { bag } = newBag(2);
    assert.deepEqual([bag.length, valuesIn(bag)], [0, [undefined, undefined]]);
    assert.deepEqual(bag.add(entryOf(1), ALICE), { slot: 0 });
    assert.deepEqual(bag.add(entryOf(2), BOB), { slot: 1 });
    assert.equal(bag.add(entryOf(3), ALICE), "OutOfSpace");
    assert.deepEqual([bag.length, valuesIn(bag)], [2, [1, 2]]);
    assert.equal(bag.remove(0, ALICE, "Default"), "Unlocked");
    assert.deepEqual([bag.length, valuesIn(bag)], [1, [undefined, 2]]);
    assert.deepEqual(bag.add(entryOf(4), BOB), { slot: 0 });
    assert.deepEqual(valuesIn(bag), [4, 2]);
  });

  it("gives up a slot to its owner only, and once", () => {
    const { bag } = newBag(2);
    bag.add(entryOf(1), ALICE);
    assert.equal(bag.remove(0, BOB, "LockIfLast"), undefined);
    assert.equal(bag.remove(1, ALICE, "LockIfLast"), undefined);
    assert.equal(bag.remove(0, ALICE, "Default"), "Unlocked");
    assert.equal(bag.remove(0, ALICE, "LockIfLast"), undefined);
    assert.ok(!bag.isLocked);
  });

  it("shows every change by its counter", () => {
    const { bag } = newBag(2);
    const counters = [bag.changeCounter];
    bag.add(entryOf(1), ALICE);
    counters.push(bag.changeCounter);
    bag.remove(0, ALICE, "Default");
    counters.push(bag.changeCounter);
    bag.add(entryOf(2), ALICE);
    bag.recover(ALICE, () => true, "Default");
    counters.push(bag.changeCounter);
    assert.equal(new Set(counters).size, counters.length);
  });

  it("is locked by the last who leaves, and never admits anybody again", () => {
    const { bag, region } = newBag(2);
    bag.add(entryOf(1), ALICE);
    bag.add(entryOf(2), BOB);
    assert.equal(bag.remove(0, ALICE, "LockIfLast"), "Unlocked");
    assert.ok(!bag.isLocked);
    assert.equal(bag.remove(1, BOB, "LockIfLast"), "Locked");
    assert.ok(bag.isLocked);
    const other = attachBag(region)!;
    assert.ok(other.isLocked);
    assert.equal(other.add(entryOf(3), ALICE), "IsLocked");
    assert.equal(other.lockIfEmpty(), "AlreadyLocked");
    assert.equal(
      other.recover(ALICE, () => true, "LockIfLast"),
      "AlreadyLocked",
    );
    assert.equal(other.length, 0);
  });

  it("can be locked while nobody ever was in it", () => {
    const { bag } = newBag(1);
    assert.equal(bag.lockIfEmpty(), "Locked");
    assert.equal(bag.lockIfEmpty(), "AlreadyLocked");
  });

  it("releases every entry of a dead owner that its cleaner releases", () => {
    const { bag } = newBag(4);
    for (const [value, owner] of [
      [1, ALICE],
      [2, BOB],
      [3, ALICE],
      [4, ALICE],
    ] as const) {
      bag.add(entryOf(value), owner);
    }
    const asked: number[] = [];
    const state = bag.recover(
      ALICE,
      (entry) => {
        asked.push(valueOfEntry(entry));
        return valueOfEntry(entry) !== 3;
      },
      "LockIfLast",
    );
    assert.deepEqual([asked, state, valuesIn(bag)], [[1, 3, 4], "Unlocked", [undefined, 2, 3, undefined]]);
    assert.equal(
      bag.recover(ALICE, () => true, "LockIfLast"),
      "Unlocked",
    );
    assert.equal(
      bag.recover(BOB, () => true, "LockIfLast"),
      "Locked",
    );
  });

  it("is not locked by a cleaner who found nothing: others may have made it just now", () => {
    const { bag } = newBag(2);
    assert.equal(
      bag.recover(ALICE, () => true, "LockIfLast"),
      "Unlocked",
    );
    assert.ok(!bag.isLocked);
  });

  it("is found by others through its pointers", () => {
    const { bag, region } = newBag(3);
    const other = attachBag(region)!;
    assert.deepEqual([other.capacity, other.entrySize], [3, bag.entrySize]);
    other.add(entryOf(7), BOB);
    assert.deepEqual(valuesIn(bag), [7, undefined, undefined]);
    assert.equal(bag.changeCounter, other.changeCounter);
  });

  it("is not attached where its header points out of the region or makes no sense", () => {
    const damage = (offset: number, value: bigint): Bag | undefined => {
      const { region } = newBag(3);
      assert.notEqual(region.longs[offset / 8], value, "the damage is one");
      region.longs[offset / 8] = value;
      return attachBag(region);
    };
    const [bag, capacity, indexSetCapacity] = [8, 24, 64];
    for (const field of [capacity, indexSetCapacity]) {
      for (const value of [0n, 2n, 4n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
        assert.equal(damage(field, value), undefined, `${field}: ${value}`);
      }
    }
    for (const pointer of [bag, bag + 8, bag + 48]) {
      for (const value of [2n ** 64n - 64n, 4n, 1000n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
        assert.equal(damage(pointer, value), undefined, `${pointer}: ${value}`);
      }
    }
  });

  it("is not attached where both capacities agree on too much", () => {
    for (const capacity of [4n, 1000n, 2n ** 40n]) {
      const { region } = newBag(3);
      region.longs[24 / 8] = capacity;
      region.longs[64 / 8] = capacity;
      assert.equal(attachBag(region), undefined);
    }
  });
});

describe("BagSnapshot", () => {
  it("knows the bag as of its last look", () => {
    const { bag } = newBag(2);
    const snapshot = new BagSnapshot(bag);
    assert.equal(snapshot.capacity, 2);
    bag.add(entryOf(1), ALICE);
    assert.equal(snapshot.entry(0), undefined);
    assert.ok(snapshot.update());
    assert.ok(!snapshot.update());
    assert.equal(valueOfEntry(snapshot.entry(0)!), 1);
    bag.remove(0, ALICE, "Default");
    bag.add(entryOf(2), BOB);
    assert.equal(valueOfEntry(snapshot.entry(0)!), 1);
    assert.ok(snapshot.update());
    assert.equal(valueOfEntry(snapshot.entry(0)!), 2);
    bag.remove(0, BOB, "Default");
    snapshot.update();
    assert.deepEqual([snapshot.entry(0), snapshot.entry(1)], [undefined, undefined]);
  });

  it("keeps the very entry of a slot that did not change", () => {
    const { bag } = newBag(2);
    const snapshot = new BagSnapshot(bag);
    bag.add(entryOf(1), ALICE);
    snapshot.update();
    const entry = snapshot.entry(0);
    bag.add(entryOf(2), BOB);
    snapshot.update();
    assert.equal(snapshot.entry(0), entry);
  });
});

type Command =
  | { readonly kind: "add" | "recover" | "refuse"; readonly owner: number; readonly mode: RemoveMode }
  | { readonly kind: "remove"; readonly owner: number; readonly mode: RemoveMode; readonly slot: number }
  | { readonly kind: "look" };

interface ModelSlot {
  readonly owner: number;
  readonly value: number;
}

/** What a bag promises, told by an array. */
class Model {
  readonly slots: (ModelSlot | undefined)[];
  isLocked = false;

  constructor(capacity: number) {
    this.slots = new Array<ModelSlot | undefined>(capacity).fill(undefined);
  }

  add(owner: number, value: number): unknown {
    if (this.isLocked) return "IsLocked";
    const slot = this.slots.indexOf(undefined);
    if (slot < 0) return "OutOfSpace";
    this.slots[slot] = { owner, value };
    return { slot };
  }

  remove(slot: number, owner: number, mode: RemoveMode): BagState | undefined {
    if (this.slots[slot]?.owner !== owner) return undefined;
    this.slots[slot] = undefined;
    return this.#lockIfLast(mode);
  }

  recover(owner: number, isReleased: boolean, mode: RemoveMode): BagState {
    if (this.isLocked) return "AlreadyLocked";
    const own = this.slots.flatMap((slot, i) => (slot?.owner === owner ? [i] : []));
    if (!isReleased || own.length === 0) return "Unlocked";
    for (const i of own) this.slots[i] = undefined;
    return this.#lockIfLast(mode);
  }

  #lockIfLast(mode: RemoveMode): BagState {
    this.isLocked ||= mode === "LockIfLast" && this.slots.every((slot) => slot === undefined);
    return this.isLocked ? "Locked" : "Unlocked";
  }
}

describe("Bag and BagSnapshot", () => {
  const owner = fc.nat(2);
  const mode = fc.constantFrom<RemoveMode>("Default", "LockIfLast");
  const command: fc.Arbitrary<Command> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), owner, mode }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("remove" as const), owner, mode, slot: fc.nat(3) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom("recover" as const, "refuse" as const), owner, mode }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("look" as const) }) },
  );
  const owners = [ALICE, BOB, 0n];

  function run(region: Region, bag: Bag, commands: readonly Command[]): void {
    const model = new Model(bag.capacity);
    const snapshot = new BagSnapshot(attachBag(region)!);
    commands.forEach((command, i) => {
      if (command.kind === "look") {
        snapshot.update();
        for (const [slot, expected] of model.slots.entries()) {
          const entry = snapshot.entry(slot);
          assert.equal(entry && valueOfEntry(entry), expected?.value);
        }
        return;
      }
      const { owner, mode } = command;
      const id = owners[owner]!;
      if (command.kind === "add") assert.deepEqual(bag.add(entryOf(i + 1), id), model.add(owner, i + 1));
      else if (command.kind === "remove") {
        const slot = command.slot % bag.capacity;
        assert.equal(bag.remove(slot, id, mode), model.remove(slot, owner, mode));
      } else {
        const isReleased = command.kind === "recover";
        assert.equal(
          bag.recover(id, () => isReleased, mode),
          model.recover(owner, isReleased, mode),
        );
      }
      assert.deepEqual(
        valuesIn(bag),
        model.slots.map((slot) => slot?.value),
      );
      assert.equal(bag.isLocked, model.isLocked);
      assert.equal(bag.length, model.slots.filter((slot) => slot !== undefined).length);
    });
  }

  it("behave as an array with owners", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(command, { maxLength: 40 }),
        (capacity, commands) => {
          const { bag, region } = newBag(capacity);
          run(region, bag, commands);
        },
      ),
      { numRuns: 300 },
    );
  });
});
