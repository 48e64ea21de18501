import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as toml from "./toml-codec.ts";

interface Example {
  readonly isGood: boolean;
  readonly kind: "One" | "Two";
  readonly maxCount: number;
  readonly bigCount: bigint;
  readonly deadline: number | undefined;
  readonly words: readonly string[];
  readonly inner: { readonly shortName: string };
}

const short = toml.text((value) => {
  if (value.length > 5) throw new Error("more than 5 characters");
});
const example = toml.record<Example>("snake_case", {
  isGood: toml.boolean,
  kind: toml.oneOf("One", "Two"),
  maxCount: toml.integer(10),
  bigCount: toml.u64,
  deadline: toml.optional(toml.duration("secs", "nanos"), undefined),
  words: toml.list(short, 2),
  inner: toml.record("kebab-case", { shortName: short }),
});

const value: Example = {
  isGood: true,
  kind: "Two",
  maxCount: 10,
  bigCount: 2n ** 64n - 1n,
  deadline: 1500,
  words: ["a", 'b"\\'],
  inner: { shortName: "c" },
};

const document = `is_good = true
kind = "Two"
max_count = 10
big_count = 18446744073709551615
words = [ "a", "b\\"\\\\" ]

[deadline]
secs = 1
nanos = 500000000

[inner]
short-name = "c"
`;

function rejects(line: RegExp, replacement: string, message: RegExp): void {
  const changed = document.replace(line, replacement);
  assert.notEqual(changed, document);
  assert.throws(
    () => toml.parseDocument(example, changed),
    (error) => error instanceof toml.DocumentError && message.test(error.message),
    changed,
  );
}

describe("typed TOML", () => {
  it("writes plain values before tables, in the order of the description", () => {
    assert.equal(toml.writeDocument(example, value), document);
  });

  it("reads what it wrote", () => {
    assert.deepEqual(toml.parseDocument(example, document), value);
  });

  it("leaves out what is absent", () => {
    const { deadline: _, ...rest } = value;
    const text = toml.writeDocument(example, { ...rest, deadline: undefined });
    assert.doesNotMatch(text, /deadline/);
    assert.deepEqual(toml.parseDocument(example, text), { ...rest, deadline: undefined });
  });

  it("ignores keys that it does not know", () => {
    assert.deepEqual(
      toml.parseDocument(example, `unknown = 1\n__proto__ = 2\n${document}[more]\na = 1\n`),
      value,
    );
  });

  it("rejects values of another type, naming key and value", () => {
    rejects(/is_good = .*/, "is_good = 1", /is_good is 1, it must be true or false/);
    rejects(/kind = .*/, 'kind = "Three"', /kind is "Three", it must be "One" or "Two"/);
    rejects(/max_count = .*/, "max_count = 10.0", /max_count is the float 10, it must be an integer/);
    rejects(/max_count = .*/, "max_count = 2024-01-01", /max_count is a date, it must be an integer/);
    rejects(/words = .*/, "words = 1", /words is 1, it must be a list of at most 2/);
    rejects(/words = .*/, "words = [1]", /words\[0\] is 1, it must be a string/);
    rejects(/\[deadline\]\nsecs = 1\nnanos = .*/, "deadline = 1500", /deadline is 1500, it must be a table/);
  });

  it("rejects values out of range", () => {
    rejects(/max_count = .*/, "max_count = 11", /max_count is 11, it must be an integer from 0 to 10/);
    rejects(/max_count = .*/, "max_count = -1", /max_count is -1/);
    rejects(/big_count = .*/, "big_count = 18446744073709551616", /big_count is 18446744073709551616/);
    rejects(/nanos = .*/, "nanos = 4294967296", /deadline\.nanos is 4294967296/);
    rejects(/words = .*/, 'words = ["a", "b", "c"]', /words is a list of 3 elements/);
    rejects(/short-name = .*/, 'short-name = "abcdef"', /inner\.short-name: more than 5 characters/);
  });

  it("rejects a table without a key that it needs", () => {
    rejects(/is_good = .*/, "", /is_good is missing/);
    rejects(/nanos = .*/, "", /deadline\.nanos is missing/);
    rejects(/\[inner\]/, "[others]", /inner is missing, it must be a table/);
    const constructors = toml.record<{ readonly constructor: string }>("snake_case", { constructor: short });
    assert.throws(() => toml.parseDocument(constructors, ""), /constructor is missing/);
  });

  it("rejects what is not TOML", () => {
    for (const text of ["is_good = ", "is_good = true\nis_good = true", "\u0000", "[a", "a = 'b\nc'"]) {
      assert.throws(
        () => toml.parseDocument(example, text),
        (error) => error instanceof toml.DocumentError && error.code === "InvalidSyntax",
      );
    }
  });
});
