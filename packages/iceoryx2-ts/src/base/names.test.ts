import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidNameError } from "./general-errors.ts";
import * as names from "./names.ts";

function rejects(check: (name: string) => void, name: unknown, code: string, message: RegExp): void {
  assert.throws(
    () => check(name as string),
    (error) => error instanceof InvalidNameError && error.code === code && message.test(error.message),
    `${String(name)} must be rejected with ${code}`,
  );
}

const asciiNames: readonly [check: (name: string) => void, shortest: number, longest: number][] = [
  [names.checkServiceName, 1, 255],
  [names.checkNodeName, 0, 128],
  [names.checkPortName, 0, 64],
  [names.checkAttributeKey, 1, 64],
  [names.checkAttributeValue, 1, 256],
  [names.checkTypeName, 0, 256],
];

describe("names", () => {
  for (const [check, shortest, longest] of asciiNames) {
    it(`${check.name} allows ${shortest} to ${longest} ASCII characters`, () => {
      check("x".repeat(shortest));
      check("x".repeat(longest));
      check(" \t\n\"'\\/\u0001\u007f");
      if (shortest > 0) rejects(check, "", "Empty", /is empty/);
      rejects(check, "x".repeat(longest + 1), "ExceedsMaximumLength", new RegExp(`at most ${longest}`));
      rejects(check, "a\0b", "InvalidContent", /"\\u0000" \(U\+0000\) at position 1/);
      rejects(check, "caf\u00e9", "InvalidContent", /"\u00e9" \(U\+00E9\) at position 3/);
      rejects(check, "\u{1f600}", "InvalidContent", /"\u{1f600}" \(U\+1F600\) at position 0/u);
      rejects(check, 5, "InvalidContent", /of type number/);
    });
  }

  it("reserves iox2:// for services of iceoryx2 itself", () => {
    names.checkServiceName("iox2://discovery/services/");
    names.checkUserServiceName("my/iox2://service");
    rejects(names.checkUserServiceName, "iox2://mine", "InvalidContent", /belong to iceoryx2/);
    rejects(names.checkUserServiceName, "", "Empty", /service name/);
  });

  it("allows in file names what is allowed on every platform", () => {
    names.checkFileName("iox2_");
    names.checkFileName("...");
    names.checkFileName("a file:with\u007f spaces");
    names.checkFileName("x".repeat(255));
    for (const character of '\0\u0001\u001f/\\<>"|?*\u0080') {
      rejects(names.checkFileName, `a${character}`, "InvalidContent", /at position 1/);
    }
    rejects(names.checkFileName, "", "Empty", /file name/);
    rejects(names.checkFileName, ".", "InvalidContent", /directory/);
    rejects(names.checkFileName, "..", "InvalidContent", /directory/);
    rejects(names.checkFileName, "x".repeat(256), "ExceedsMaximumLength", /256 characters/);
    rejects(
      (name) => names.checkFileName(name, "global.prefix"),
      "a/b",
      "InvalidContent",
      /as global\.prefix/,
    );
  });

  it("allows separators in paths", () => {
    names.checkPath("");
    names.checkPath("/tmp/../a\\b");
    for (const character of '\0\u001f<>"|?*\u0080') {
      rejects(names.checkPath, `/${character}`, "InvalidContent", /at position 1/);
    }
    rejects(names.checkPath, "x".repeat(256), "ExceedsMaximumLength", /at most 255/);
  });
});
