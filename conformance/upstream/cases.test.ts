import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { casesIn, isReason, parseTarget, readUpstreamCases, type Suite, titlesOf } from "./cases.ts";

const { suites } = readUpstreamCases();
const targets = Object.values(suites)
  .filter((suite): suite is Suite => !isReason(suite))
  .flatMap((suite) => Object.entries(suite))
  .filter((entry): entry is [string, string] => typeof entry[1] === "string");

/** A sentence that says more than that nobody did it yet. */
const REASON = /^(?!not )\S.{15,}$/i;

describe("upstream's cases", () => {
  test("are all mapped to a test that exists", () => {
    const files = new Set(targets.map(([, target]) => parseTarget(target).file));
    const titles = new Map([...files].map((file) => [file, titlesOf(file)]));
    const dangling = targets.filter(([, target]) => {
      const { file, title } = parseTarget(target);
      return !titles.get(file)!.has(title);
    });
    assert.deepEqual(dangling, []);
  });

  test("that have no test have a reason", () => {
    for (const [name, suite] of Object.entries(suites)) {
      if (isReason(suite)) {
        assert.match(suite.reason, REASON, name);
        continue;
      }
      assert.notDeepEqual(suite, {}, name);
      for (const [caseName, entry] of Object.entries(suite)) {
        assert(typeof entry === "string" || isReason(entry), `${name}: ${caseName}`);
        if (isReason(entry)) assert.match(entry.reason, REASON, `${name}: ${caseName}`);
      }
    }
  });

  test("are found in the sources of both languages", () => {
    const rust = "#[conformance_test]\n  #[should_panic]\n  pub fn works<S>() {}\n fn helper() {}";
    assert.deepEqual(casesIn("rust/a.rs", rust), ["works"]);
    const python = "def test_works() -> None:\n  pass\ndef helper():\n  def test_inner(): pass";
    assert.deepEqual(casesIn("python/a_tests.py", python), ["test_works"]);
  });
});
