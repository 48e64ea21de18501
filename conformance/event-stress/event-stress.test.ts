/** Notifiers of both languages race a listener: none is lost, and it never sleeps beside one. */
import { randomInt } from "node:crypto";
import process from "node:process";
import { describe, type TestContext, test } from "node:test";
import { skipWithoutPython } from "../python.ts";
import { describeReport, type NotifierLanguage, stress, type Taker } from "./run.ts";

async function race(
  t: TestContext,
  taker: Taker,
  notifies: number,
  languages: readonly NotifierLanguage[],
): Promise<void> {
  const seed = Number(process.env["IOX2_STRESS_SEED"] ?? randomInt(2 ** 32));
  t.diagnostic(`IOX2_STRESS_SEED=${seed}`);
  t.diagnostic(describeReport(await stress({ taker, notifies, languages, seed })));
}

describe("a listener that races notifiers counts every notification and never oversleeps", () => {
  test("of two processes of ours", (t) => race(t, "listener", 500_000, ["TypeScript", "TypeScript"]));
  for (const taker of ["listener", "channel"] as const) {
    const what = taker === "channel" ? ", when it is drained once per wake-up" : "";
    test(`of Python and of ours${what}`, { skip: skipWithoutPython }, (t) =>
      race(t, taker, 750_000, ["TypeScript", "TypeScript", "Python"]),
    );
  }
});
