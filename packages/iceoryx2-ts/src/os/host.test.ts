import assert from "node:assert/strict";
import { userInfo } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterEach, describe, it } from "node:test";
import { UnsupportedPlatformError } from "../base/general-errors.ts";

/** A copy of the module that has not chosen a host yet. */
async function freshHost(): Promise<typeof import("./host.ts")> {
  return (await import(`./host.js?copy=${copies++}`)) as typeof import("./host.ts");
}
let copies = 0;

const original = Object.getOwnPropertyDescriptors(process);

describe("hostOs", () => {
  afterEach(() => {
    Object.defineProperty(process, "platform", original.platform);
    Object.defineProperty(process, "arch", original.arch);
    Reflect.deleteProperty(globalThis, "Deno");
    Reflect.deleteProperty(globalThis, "Bun");
  });

  it("is made once and knows this process", async () => {
    const { hostOs } = await freshHost();
    const os = hostOs();
    assert.equal(hostOs(), os);
    assert.equal(os.pid, process.pid);
    assert.ok(os.hostPid > 0);
    assert.equal(os.executableName, path.basename(process.execPath));
    assert.equal(os.homeDirectory, userInfo().homedir);
  });

  for (const [name, value, message] of [
    ["platform", "darwin", /Node\.js on darwin-/],
    ["platform", "win32", /Node\.js on win32-/],
    ["arch", "ia32", /Node\.js on linux-ia32/],
    ["arch", "riscv64", /Node\.js on linux-riscv64/],
  ] as const) {
    it(`refuses the ${name} ${value} when it is asked for, not when it is imported`, async () => {
      Object.defineProperty(process, name, { ...original[name], value });
      const { hostOs } = await freshHost();
      assert.throws(
        hostOs,
        (error) => error instanceof UnsupportedPlatformError && message.test(error.message),
      );
    });
  }

  for (const runtime of ["Bun", "Deno"]) {
    it(`refuses ${runtime} until there is a backend for it`, async () => {
      Object.defineProperty(globalThis, runtime, { value: {}, configurable: true });
      const { hostOs } = await freshHost();
      assert.throws(hostOs, new RegExp(`${runtime} on `));
    });
  }
});
