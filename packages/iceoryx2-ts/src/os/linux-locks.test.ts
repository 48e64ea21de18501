import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, beforeEach, describe, it } from "node:test";
import { hostOs } from "./host.ts";
import type { Os } from "./os.ts";

const skipWithoutPython =
  spawnSync("python3", ["--version"]).status === 0 || process.env["CI"] === "true"
    ? false
    : "no python3 to look at the locks as a peer does";

/** The type of the first lock that keeps a POSIX write lock off: 1 is a write lock, 2 is none. */
const POSIX_TEST = `
import fcntl, struct, sys
fd = open(sys.argv[1], "r+")
lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
print(struct.unpack("hhqqi4x", fcntl.fcntl(fd, fcntl.F_GETLK, lock))[0])
`;
const POSIX_LOCK = `
import fcntl, sys
fd = open(sys.argv[1], "r+")
fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("locked", flush=True)
sys.stdin.read()
`;
const F_WRLCK = "1";
const F_UNLCK = "2";

describe("locks", () => {
  let os: Os;
  let directory: string;
  let file: string;
  let files = 0;

  before(() => {
    os = hostOs();
    directory = fs.mkdtempSync(path.join(tmpdir(), `t_${process.pid}_locks_`));
  });
  beforeEach(() => {
    file = path.join(directory, String(files++));
    fs.writeFileSync(file, "");
  });
  after(() => fs.rmSync(directory, { recursive: true }));

  const asPeersSeeIt = (): string =>
    execFileSync("python3", ["-c", POSIX_TEST, file], { encoding: "utf8" }).trim();

  it("exclude every other descriptor of the same process", () => {
    const mine = os.open(file, "readWrite");
    const other = os.open(file, "writeOnly");
    assert.ok(os.tryLock(mine));
    assert.ok(os.tryLock(mine), "a second time is no conflict");
    assert.ok(!os.isLocked(mine), "one's own lock is not somebody else's");
    assert.ok(os.isLocked(other));
    assert.ok(!os.tryLock(other));
    os.close(mine);
    assert.ok(!os.isLocked(other));
    assert.ok(os.tryLock(other));
    os.close(other);
  });

  it("survive that somebody in the process opens and closes the file", () => {
    const mine = os.open(file, "readWrite");
    assert.ok(os.tryLock(mine));
    fs.readFileSync(file);
    const other = os.open(file, "writeOnly");
    assert.ok(os.isLocked(other));
    os.close(other);
    os.close(mine);
  });

  it("are seen by peers, which use POSIX locks", { skip: skipWithoutPython }, () => {
    const mine = os.open(file, "readWrite");
    assert.equal(asPeersSeeIt(), F_UNLCK);
    assert.ok(os.tryLock(mine));
    assert.equal(asPeersSeeIt(), F_WRLCK);
    os.close(mine);
    assert.equal(asPeersSeeIt(), F_UNLCK);
  });

  it("see the POSIX locks of peers, until those are killed", { skip: skipWithoutPython }, async () => {
    const peer = spawn("python3", ["-c", POSIX_LOCK, file], { stdio: ["pipe", "pipe", "inherit"] });
    await once(peer.stdout, "data");
    const mine = os.open(file, "readWrite");
    assert.ok(os.isLocked(mine));
    assert.ok(!os.tryLock(mine));
    const end = once(peer, "close");
    peer.kill("SIGKILL");
    await end;
    assert.ok(!os.isLocked(mine));
    assert.ok(os.tryLock(mine));
    os.close(mine);
  });

  it("are not inherited: a child that outlives us would keep us alive", async () => {
    const mine = os.open(file, "readWrite");
    const other = os.open(file, "readWrite");
    assert.ok(os.tryLock(mine));
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    await once(child, "spawn");
    const inherited = fs
      .readdirSync(`/proc/${child.pid}/fd`)
      .map((fd) => fs.readlinkSync(`/proc/${child.pid}/fd/${fd}`));
    assert.ok(!inherited.includes(file), inherited.join());
    os.close(mine);
    assert.ok(!os.isLocked(other), "the child holds no lock of ours");
    os.close(other);
    child.kill();
    await once(child, "close");
  });
});
