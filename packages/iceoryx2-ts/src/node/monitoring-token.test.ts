import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { hostOs } from "../os/host.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { openPaths, osThatFails, osWith } from "../transport/faulty-os.test-support.ts";
import { fileNames } from "../transport/names.ts";
import { kill, startMonitoredProcess } from "./monitored-process.test-support.ts";
import { lockForCleanup, MonitoringToken, monitorState, removeMonitoringToken } from "./monitoring-token.ts";

const NODE_ID = 2n ** 127n + 5n;
const PROCESS_ID = 0x0403_0201n;

describe("a monitoring token", () => {
  const os = hostOs();
  let domain: TestDomain;

  beforeEach(() => {
    domain = new TestDomain();
  });
  afterEach(() => {
    domain.assertClean();
    domain[Symbol.dispose]();
    assert.deepEqual(openPaths(domain.prefix), []);
  });

  const create = (by: Os = os): MonitoringToken =>
    MonitoringToken.create(by, domain.config, NODE_ID, PROCESS_ID);
  const state = (): string => monitorState(os, domain.config, NODE_ID);
  const lock = (): ReturnType<typeof lockForCleanup> => lockForCleanup(os, domain.config, NODE_ID);
  const modes = (): number[] =>
    [fileNames.nodeMonitor, fileNames.nodeOwnerLock, fileNames.nodeContext].map(
      (name) => os.lstat(name(domain.config, NODE_ID)).mode,
    );

  /** Leaves a token as a process leaves it that is killed. */
  async function leaveDead(): Promise<void> {
    await kill(await startMonitoredProcess(domain.config, NODE_ID));
  }

  it("says that its node is alive until it is destroyed", () => {
    assert.equal(state(), "DoesNotExist");
    const token = create();
    assert.equal(state(), "Alive");
    assert.deepEqual(modes(), [0o600, 0o600, 0o400]);
    token.destroy();
    assert.equal(state(), "DoesNotExist");
    assert.deepEqual(readdirSync(fileNames.nodeDirectory(domain.config)), []);
  });

  it("carries the id of its process", () => {
    const token = create();
    const context = readFileSync(fileNames.nodeContext(domain.config, NODE_ID));
    assert.equal(context.length, 16);
    assert.deepEqual([...context.subarray(0, 5)], [1, 2, 3, 4, 0]);
    token.destroy();
  });

  it("keeps its node alive although this process reads its files", () => {
    const token = create();
    readFileSync(fileNames.nodeMonitor(domain.config, NODE_ID));
    assert.equal(state(), "Alive");
    token.destroy();
  });

  it("says that its node starts until it is complete", () => {
    const states: string[] = [];
    const watching = osWith({
      fchmod(fd, permissions) {
        states.push(state());
        os.fchmod(fd, permissions);
      },
    });
    create(watching).destroy();
    assert.ok(states.length > 0);
    assert.deepEqual(new Set(states), new Set(["Starting"]));
  });

  for (const [method, code] of [
    ["writeAll", "ENOSPC"],
    ["tryLock", "ENOLCK"],
    ["fchmod", "EIO"],
  ] as const) {
    it(`leaves nothing behind where ${method} fails`, () => {
      assert.throws(
        () => create(osThatFails(method, code)),
        (error) => isOsError(error, code),
      );
      assert.equal(state(), "DoesNotExist");
    });
  }

  it("says that its node is alive in another process until that is killed, and dead from then on", async () => {
    const child = await startMonitoredProcess(domain.config, NODE_ID);
    assert.equal(state(), "Alive");
    assert.equal(lock(), "NotDead");
    await kill(child);
    assert.equal(state(), "Dead");
    removeMonitoringToken(os, domain.config, NODE_ID);
    removeMonitoringToken(os, domain.config, NODE_ID);
    assert.equal(state(), "DoesNotExist");
  });

  describe("of a dead node", () => {
    it("is locked by one cleaner, within this process as well", async () => {
      await leaveDead();
      const cleaner = lock();
      assert.ok(typeof cleaner === "object");
      assert.equal(state(), "CleaningUp");
      assert.equal(lock(), "Busy");
      cleaner.close();
      assert.equal(state(), "Dead");
      const next = lock();
      assert.ok(typeof next === "object");
      next.removeToken();
      assert.equal(state(), "DoesNotExist");
      next.close();
      assert.equal(lock(), "NotDead");
    });

    it("says that it is being cleaned where one of its files is gone already", async () => {
      await leaveDead();
      unlinkSync(fileNames.nodeMonitor(domain.config, NODE_ID));
      assert.equal(state(), "CleaningUp");
      assert.equal(lock(), "NotDead");
      unlinkSync(fileNames.nodeOwnerLock(domain.config, NODE_ID));
      assert.equal(state(), "CleaningUp");
      assert.equal(lock(), "NotDead");
      removeMonitoringToken(os, domain.config, NODE_ID);
    });

    it("is not locked where another cleaner removed it between our open and our lock", async () => {
      await leaveDead();
      const losing = osWith({
        tryLock(fd) {
          removeMonitoringToken(os, domain.config, NODE_ID);
          return os.tryLock(fd);
        },
      });
      assert.equal(lockForCleanup(losing, domain.config, NODE_ID), "NotDead");
    });
  });

  it("of a node that starts is not locked by a cleaner", () => {
    const attempts: unknown[] = [];
    const watching = osWith({
      tryLock(fd) {
        attempts.push(lock());
        return os.tryLock(fd);
      },
    });
    create(watching).destroy();
    assert.deepEqual(attempts, ["NotDead"]);
  });

  it("is never taken over, nor given up for, by another node of the same id", () => {
    const token = create();
    assert.throws(create, (error) => isOsError(error, "EEXIST"));
    assert.equal(state(), "Alive");
    token.destroy();
  });

  it("of another user is an error", () => {
    const token = create();
    chmodSync(fileNames.nodeOwnerLock(domain.config, NODE_ID), 0);
    assert.throws(
      () => monitorState(osThatFails("open", "EACCES"), domain.config, NODE_ID),
      (error) => isOsError(error, "EACCES"),
    );
    token.destroy();
  });
});
