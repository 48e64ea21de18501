/** Random types and values: what is written is read, and the layout is that of an independent model of C. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { array } from "./array.ts";
import type { FixedType } from "./meaning.ts";
import { memoryWith, sliceMemoryWith, TestMemory, untyped } from "./memory.test-support.ts";
import { bool, f32, f64, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize } from "./scalars.ts";
import { slice } from "./slice.ts";
import { staticString } from "./static-string.ts";
import { staticVec } from "./static-vec.ts";
import { struct } from "./struct.ts";

/** A type, the sizes and alignments of all scalars of it in C's order, and its values. */
interface Case {
  readonly type: FixedType;
  readonly model: Model;
  readonly values: fc.Arbitrary<unknown>;
}

/** As a C compiler sees it: a scalar of `size`, a struct of members, or `count` times the same. */
type Model =
  | { readonly size: number }
  | { readonly members: readonly Model[] }
  | { readonly element: Model; readonly count: number };

function alignmentOf(model: Model): number {
  if ("size" in model) return model.size;
  return "element" in model
    ? alignmentOf(model.element)
    : model.members.reduce((largest, member) => Math.max(largest, alignmentOf(member)), 1);
}

/** Walks byte by byte instead of rounding up. */
function sizeOf(model: Model): number {
  if ("size" in model) return model.size;
  if ("element" in model) return model.count * sizeOf(model.element);
  let end = 0;
  for (const member of model.members) {
    while (end % alignmentOf(member) !== 0) end++;
    end += sizeOf(member);
  }
  while (end % alignmentOf(model) !== 0) end++;
  return end;
}

function scalar(type: FixedType, values: fc.Arbitrary<unknown>): Case {
  return { type, model: { size: type.size }, values };
}

const WORD: Model = { size: 8 };
const BYTE: Model = { size: 1 };
const SCALARS: readonly Case[] = [
  scalar(i8, fc.integer({ min: -128, max: 127 })),
  scalar(i16, fc.integer({ min: -32_768, max: 32_767 })),
  scalar(i32, fc.integer()),
  scalar(i64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  scalar(isize, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  scalar(u8, fc.nat(255)),
  scalar(u16, fc.nat(65_535)),
  scalar(u32, fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  scalar(u64, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  scalar(usize, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  scalar(f32, fc.float()),
  scalar(f64, fc.double()),
  scalar(bool, fc.boolean()),
];

const stringCases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 20 }).map((capacity) => ({
  type: staticString(capacity),
  model: { members: [{ element: BYTE, count: capacity }, BYTE, WORD] },
  values: fc
    .array(fc.integer({ min: 1, max: 127 }), { maxLength: capacity })
    .map((codes) => String.fromCharCode(...codes)),
}));

function arrayCase(element: Case, length: number): Case {
  return {
    type: array(element.type, length),
    model: { element: element.model, count: length },
    values: fc.array(element.values, { minLength: length, maxLength: length }),
  };
}

function vectorCase(element: Case, capacity: number): Case {
  return {
    type: staticVec(element.type, capacity),
    model: { members: [{ element: element.model, count: capacity }, WORD] },
    values: fc.array(element.values, { maxLength: capacity }),
  };
}

function structCase(fields: readonly Case[]): Case {
  const names = fields.map((_, index) => `f${index}`);
  return {
    type: struct("S", Object.fromEntries(names.map((name, index) => [name, fields[index]!.type]))),
    model: { members: fields.map(({ model }) => model) },
    values: fc.record(Object.fromEntries(names.map((name, index) => [name, fields[index]!.values])), {
      noNullPrototype: true,
    }),
  };
}

const { cases } = fc.letrec<{ cases: Case }>((tie) => ({
  cases: fc.oneof(
    { maxDepth: 3, depthIdentifier: "types" },
    fc.constantFrom(...SCALARS),
    stringCases,
    fc
      .tuple(tie("cases"), fc.integer({ min: 1, max: 20 }))
      .map(([element, length]) => arrayCase(element, length)),
    fc
      .tuple(tie("cases"), fc.integer({ min: 1, max: 5 }))
      .map(([element, length]) => vectorCase(element, length)),
    fc.array(tie("cases"), { minLength: 1, maxLength: 4, depthIdentifier: "types" }).map(structCase),
  ),
}));

const casesWithValue = cases.chain(({ type, model, values }) =>
  values.map((value) => ({
    type,
    model,
    value,
    [fc.toStringMethod]: () => `${type.typeName} ${fc.stringify(value)}`,
  })),
);

/** Typed arrays, sequences, vectors and views as plain arrays and objects. */
function plain(shown: unknown): unknown {
  if (typeof shown !== "object" || shown === null) return shown;
  if (Symbol.iterator in shown) return Array.from(shown as Iterable<unknown>, plain);
  const names: string[] = [];
  for (const name in shown) names.push(name);
  return Object.fromEntries(names.map((name) => [name, plain((shown as Record<string, unknown>)[name])]));
}

function hasStrings(value: unknown): boolean {
  if (typeof value === "string") return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasStrings);
}

describe("any type", () => {
  it("has the size and alignment of C", () => {
    fc.assert(
      fc.property(cases, ({ type, model }) => {
        assert.equal(type.size, sizeOf(model));
        assert.equal(type.alignment, alignmentOf(model));
      }),
    );
  });

  it("reads what was written, as a value and through both kinds of views", () => {
    fc.assert(
      fc.property(casesWithValue, ({ type, value }) => {
        const memory = memoryWith(type, untyped(value));
        assert.deepEqual(plain(memory.read()), value);
        assert.deepEqual(plain(memory.view), value);
        assert.deepEqual(plain(memory.readonlyView), value);
        assert.ok(memory.isAroundIntact);
      }),
    );
  });

  it("takes its own plain values and its own views", () => {
    fc.assert(
      fc.property(casesWithValue, ({ type, value }) => {
        const memory = memoryWith(type, untyped(value));
        for (const source of [memory.read(), memory.view, memory.readonlyView]) {
          assert.deepEqual(plain(memoryWith(type, untyped(source)).read()), value);
        }
      }),
    );
  });

  it("is a copy that does not change with the memory", () => {
    fc.assert(
      fc.property(casesWithValue, ({ type, value }) => {
        const memory = memoryWith(type, untyped(value));
        const copy = memory.read();
        memory.bytes.fill(0x5a);
        memory.lease.end();
        assert.deepEqual(plain(copy), value);
      }),
    );
  });

  it("may be the element of a slice", () => {
    fc.assert(
      fc.property(
        cases.chain(({ type, values }) => fc.tuple(fc.constant(type), fc.array(values, { maxLength: 40 }))),
        ([type, value]) => {
          const memory = sliceMemoryWith(slice(type), untyped(value));
          assert.deepEqual(plain(memory.read()), value);
          assert.deepEqual(plain(memory.view), value);
          assert.ok(memory.isAroundIntact);
        },
      ),
    );
  });

  it("reads anything from memory that is full of anything", () => {
    fc.assert(
      fc.property(cases, fc.uint8Array({ minLength: 1, maxLength: 64 }), ({ type }, noise) => {
        const memory = new TestMemory(type);
        memory.bytes.set(Uint8Array.from(memory.bytes, (_, index) => noise[index % noise.length]!));
        const value = memory.read();
        assert.deepEqual(plain(memory.readonlyView), plain(value));
        // What was read is a value of the type, but for characters that a string cannot hold. Numbers are compared,
        // not bits: of a NaN that signals, JavaScript makes one that does not.
        if (!hasStrings(value))
          assert.deepEqual(plain(memoryWith(type, untyped(value)).read()), plain(value));
      }),
    );
  });
});
