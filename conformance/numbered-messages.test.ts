import assert from "node:assert/strict";
import { test } from "node:test";
import { NumberedCheck, writeNumbered } from "./numbered-messages.ts";

function message(sequence: number): BigUint64Array {
  const words = new BigUint64Array(3);
  writeNumbered(words, sequence);
  return words;
}

test("numbered messages that come in order are in order", () => {
  const check = new NumberedCheck();
  for (const sequence of [0, 1, 2]) check.add(message(sequence));
  assert.deepEqual(check.report, { received: 3, skipped: 0, corrupt: 0, disordered: 0 });
  assert.equal(check.expected, 3);
});

test("numbered messages show what is missing, late and torn", () => {
  const check = new NumberedCheck();
  const torn = message(6);
  torn[2] = 5n;
  for (const words of [message(2), message(4), message(3), torn]) check.add(words);
  assert.deepEqual(check.report, { received: 4, skipped: 5, corrupt: 1, disordered: 1 });
});
