import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { afterEach, describe, it } from "node:test";
import { type LogLevel, log, setLogger, setLogLevel } from "./log.ts";

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];

/** The levels that reach stderr in a process with this environment variable. */
function printedLevels(iox2LogLevel: string | undefined): string[] {
  const url = new URL("./log.js", import.meta.url).href;
  const script = `
    import { log } from "${url}";
    for (const level of ${JSON.stringify(LEVELS)}) log(level, "origin of " + level, "message of " + level);`;
  const env = { ...process.env };
  delete env["IOX2_LOG_LEVEL"];
  if (iox2LogLevel !== undefined) env["IOX2_LOG_LEVEL"] = iox2LogLevel;
  const { stderr, stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    env,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "");
  return [...stderr.matchAll(/^\[(\w+)\] origin of \1\n +\| message of \1$/gm)].map(([, level]) => level!);
}

describe("the log", () => {
  afterEach(() => {
    setLogger(undefined);
    setLogLevel("warn");
  });

  it("goes to stderr from warn on by default", () => {
    assert.deepEqual(printedLevels(undefined), ["warn", "error", "fatal"]);
    assert.deepEqual(printedLevels("nonsense"), ["warn", "error", "fatal"]);
  });

  it("is set by IOX2_LOG_LEVEL in any case of letters", () => {
    assert.deepEqual(printedLevels("TRACE"), LEVELS);
    assert.deepEqual(printedLevels("fatal"), ["fatal"]);
  });

  for (const [index, threshold] of LEVELS.entries()) {
    it(`lets through ${threshold} and above when set so`, () => {
      const seen: unknown[] = [];
      setLogger({ log: (...entry) => void seen.push(entry) });
      setLogLevel(threshold);
      for (const level of LEVELS) log(level, "o", "m");
      assert.deepEqual(
        seen,
        LEVELS.slice(index).map((level) => [level, "o", "m"]),
      );
    });
  }
});
