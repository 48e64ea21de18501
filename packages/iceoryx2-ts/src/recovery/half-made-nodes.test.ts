import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { makeUniqueId } from "../base/unique-id.ts";
import { hostOs } from "../os/host.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { fileNames } from "../transport/names.ts";
import { removeHalfMadeNodes } from "./half-made-nodes.ts";

const os = hostOs();
/** Above the largest that Linux gives out. */
const NO_PROCESS = 2 ** 22 + 1;

function idOf(pid: number): bigint {
  return makeUniqueId({ seconds: 0, nanoseconds: 1, pid, counter: 7 });
}

/** The ways in which the files of a node can be incomplete. */
const STATES: Readonly<Record<string, (domain: TestDomain, id: bigint) => void>> = {
  "has its details alone": ({ config }, id) => {
    fs.mkdirSync(fileNames.nodeOwnDirectory(config, id), { recursive: true });
    fs.writeFileSync(fileNames.nodeDetails(config, id), "half");
  },
  "has an empty directory": ({ config }, id) => {
    fs.mkdirSync(fileNames.nodeOwnDirectory(config, id), { recursive: true });
  },
  "is starting": ({ config }, id) => {
    fs.mkdirSync(fileNames.nodeDirectory(config), { recursive: true });
    fs.writeFileSync(fileNames.nodeContext(config, id), "", { mode: 0o200 });
    fs.writeFileSync(fileNames.nodeMonitor(config, id), "", { mode: 0o200 });
    fs.writeFileSync(fileNames.nodeOwnerLock(config, id), "", { mode: 0o200 });
  },
  "lost its monitor": ({ config }, id) => {
    fs.mkdirSync(fileNames.nodeDirectory(config), { recursive: true });
    fs.writeFileSync(fileNames.nodeContext(config, id), "0123456789abcdef", { mode: 0o400 });
    fs.writeFileSync(fileNames.nodeOwnerLock(config, id), "", { mode: 0o600 });
  },
};

describe("a half-made node", () => {
  for (const [state, make] of Object.entries(STATES)) {
    it(`that ${state} is removed when its process is gone, and left alone while that lives`, () => {
      using domain = new TestDomain();
      make(domain, idOf(process.pid));
      const files = domain.leftovers();
      make(domain, idOf(NO_PROCESS));
      removeHalfMadeNodes(os, domain.config);
      assert.deepEqual(domain.leftovers(), files);
      const { nodeOwnDirectory } = fileNames;
      assert.equal(fs.existsSync(nodeOwnDirectory(domain.config, idOf(NO_PROCESS))), false);
    });
  }

  it("is left alone while it is young or locked", () => {
    using domain = new TestDomain({ global: { creationTimeout: 3_600_000 } });
    const now = os.monotonicTime();
    const young = makeUniqueId({
      seconds: Number(now / 1_000_000_000n),
      nanoseconds: 0,
      pid: NO_PROCESS,
      counter: 1,
    });
    STATES["is starting"]!(domain, young);
    const files = domain.leftovers();
    removeHalfMadeNodes(os, domain.config);
    assert.deepEqual(domain.leftovers(), files);

    using other = new TestDomain();
    STATES["is starting"]!(other, idOf(NO_PROCESS));
    const fd = os.open(fileNames.nodeMonitor(other.config, idOf(NO_PROCESS)), "writeOnly");
    assert.ok(os.tryLock(fd));
    removeHalfMadeNodes(os, other.config);
    assert.equal(other.leftovers().length, 3);
    os.close(fd);
    removeHalfMadeNodes(os, other.config);
    other.assertClean();
  });
});
