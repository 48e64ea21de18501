import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { Node } from "../../api/node.ts";
import { ServiceBuilder } from "../../api/service-builder.ts";
import { InvalidArgumentError, InvalidNameError } from "../../base/general-errors.ts";
import { Config } from "../../config/config.ts";
import { NodeState } from "../../lifecycle/node-state.ts";
import { EventCreateError, EventOpenError } from "../../service/event-errors.ts";
import { Child } from "../../testing/child.test-support.ts";
import { inDomain, inDomainAsync } from "../../testing/in-domain.test-support.ts";
import { LogCapture } from "../../testing/log-capture.test-support.ts";
import { FailingOs, mappedObjects, type OsCall, openDescriptors } from "../../testing/os.test-support.ts";
import { TestDomain } from "../../testing/test-domain.ts";
import { sharedMemoryNames } from "../../transport/names.ts";
import {
  ListenerCreateError,
  ListenerWaitError,
  NotifierCreateError,
  NotifierNotifyError,
} from "./event-port-errors.ts";

describe("the ports of an event service", () => {
  it(
    "are as many as it allows; who closes one makes room",
    inDomain((node) => {
      const service = node.service("Alarm").event().create({ maxListeners: 2, maxNotifiers: 1 });
      const listeners = [service.listener(), service.listener()];
      const notifier = service.notifier();
      assert.deepEqual([service.numberOfListeners, service.numberOfNotifiers], [2, 1]);
      assert.throws(
        () => service.listener({ name: "third" }),
        (error) =>
          error instanceof ListenerCreateError &&
          error.code === "ExceedsMaxSupportedListeners" &&
          /^cannot create listener "third" of service "Alarm": it has 2 listeners already/.test(
            error.message,
          ),
      );
      assert.throws(
        () => service.notifier(),
        (error) =>
          error instanceof NotifierCreateError &&
          error.code === "ExceedsMaxSupportedNotifiers" &&
          /^cannot create notifier of service "Alarm": it has 1 notifiers already/.test(error.message),
      );
      listeners[0]!.close();
      notifier.close();
      service.listener();
      assert.equal(service.notifier().notify(), 2);
    }),
  );

  it(
    "take the places of those whose process died",
    inDomainAsync(async (node, domain) => {
      const service = node.service("Alarm").event().create({ maxListeners: 1, maxNotifiers: 1 });
      const child = new Child(
        domain,
        `const service = Node.create({ config }).service("Alarm").event().open();
         service.listener(); service.notifier(); say("ready"); setInterval(() => {}, 1000);`,
      );
      await child.line();
      assert.throws(() => service.listener(), { code: "ExceedsMaxSupportedListeners" });
      assert.throws(() => service.notifier(), { code: "ExceedsMaxSupportedNotifiers" });
      child.kill("SIGKILL");
      await child.ending();
      const listener = service.listener();
      service.notifier().notify(1);
      assert.deepEqual(listener.tryWait(), [{ id: 1, count: 1 }]);
    }),
  );

  it(
    "are listed with what they tell about themselves",
    inDomain((node) => {
      const service = node.service("Alarm").event().create();
      const listener = service.listener({ name: "ear" });
      const notifier = service.notifier({ name: "bell" });
      const nodeId = service.nodes()[0]!.id;
      assert.deepEqual(service.listeners(), [{ portId: listener.id, portName: "ear", nodeId }]);
      assert.deepEqual(service.notifiers(), [{ portId: notifier.id, portName: "bell", nodeId }]);
      assert.deepEqual([listener.name, notifier.name], ["ear", "bell"]);
    }),
  );

  it(
    "have names and ids that are possible",
    inDomain((node) => {
      const service = node.service("Alarm").event().create();
      assert.throws(() => service.listener({ name: "x".repeat(65) }), InvalidNameError);
      assert.throws(() => service.notifier({ name: "\u00e4" }), InvalidNameError);
      for (const defaultEventId of [-1, 1.5, Number.NaN]) {
        assert.throws(() => service.notifier({ defaultEventId }), InvalidArgumentError);
      }
    }),
  );

  it(
    "keep their service alive, and are closed with their node",
    inDomain((node, domain) => {
      const service = node.service("Alarm").event().create();
      const listener = service.listener();
      const notifier = service.notifier();
      service.close();
      notifier.notify(1);
      assert.deepEqual(listener.tryWait(), [{ id: 1, count: 1 }]);
      node.close();
      assert(listener.closed && notifier.closed);
      domain.assertClean();
    }),
  );

  it("cannot listen where the path of the socket is too long; the error says what to shorten", () => {
    using domain = new TestDomain();
    const rootPath = `${path.join(domain.rootPath, "d".repeat(80))}/`;
    mkdirSync(rootPath);
    const config = Config.with(domain.config, { global: { rootPath } });
    const node = Node.create({ config, signals: "ignore" });
    const service = node.service("Alarm").event().create();
    assert.throws(
      () => service.listener(),
      (error) =>
        error instanceof ListenerCreateError &&
        error.code === "ResourceCreationFailed" &&
        /the path of its socket, ".*", has 1\d\d bytes, but the system takes 107 at most. Shorten rootPath/.test(
          error.message,
        ),
    );
    assert.equal(service.notifier().notify(), 0);
    node.close();
    domain.assertClean();
  });
});

describe("a notifier notifies the others", () => {
  it(
    "when a listener's process died",
    inDomainAsync(async (node, domain) => {
      const service = node.service("Alarm").event().create();
      const listener = service.listener();
      const child = new Child(
        domain,
        `Node.create({ config }).service("Alarm").event().open().listener(); say("listening"); setInterval(() => {}, 1000);`,
      );
      await child.line();
      const notifier = service.notifier();
      assert.equal(notifier.notify(1), 2);
      child.kill("SIGKILL");
      await child.ending();
      // It was notified and never took it, so only what is sent to its socket can tell; a new notifier does.
      assert.equal(service.notifier().notify(1), 1);
      node.tryCleanupDeadNodes();
      assert.equal(notifier.notify(1), 1);
      assert.deepEqual(listener.tryWait(), [{ id: 1, count: 3 }]);
    }),
  );

  it(
    "but not a single one whose process died",
    inDomainAsync(async (node, domain) => {
      const service = node.service("Alarm").event().create();
      const child = new Child(
        domain,
        `Node.create({ config }).service("Alarm").event().open().listener(); say("listening"); setInterval(() => {}, 1000);`,
      );
      await child.line();
      const notifier = service.notifier();
      const [dead] = notifier.listeners();
      child.kill("SIGKILL");
      await child.ending();
      assert.throws(() => dead!.notify(), { name: "NotifierNotifyError", code: "InvalidListenerKey" });
      assert.equal(notifier.notify(), 0);
      node.tryCleanupDeadNodes();
    }),
  );

  it(
    "when a listener's memory is nonsense, and says that once",
    inDomain((node, { config }) => {
      const service = node.service("Alarm").event().create();
      const [broken, whole] = [service.listener(), service.listener()];
      const file = openSync(`/dev/shm/${sharedMemoryNames.eventManagement(config, broken.id)}`, "r+");
      writeSync(file, new Uint8Array(24).fill(0xff), 0, 24, 8);
      closeSync(file);
      using log = new LogCapture();
      const notifier = service.notifier();
      assert.deepEqual([notifier.notify(1), notifier.notify(1)], [1, 1]);
      assert.equal(log.messages.length, 1);
      assert.match(
        log.messages[0]!,
        /^warn: notifier of service "Alarm": it cannot connect to listener \d+: /,
      );
      assert.deepEqual(whole.tryWait(), [{ id: 1, count: 2 }]);
    }),
  );
});

describe("an event service with ports leaves nothing behind and throws typed errors when", () => {
  const TYPED_ERRORS = [
    EventCreateError,
    EventOpenError,
    ListenerCreateError,
    ListenerWaitError,
    NotifierCreateError,
    NotifierNotifyError,
  ];

  function useService(node: NodeState, other: NodeState): void {
    const service = new ServiceBuilder(node, "a").event().create({ notifierDroppedEvent: 1 });
    const listener = service.listener();
    const notifier = new ServiceBuilder(other, "a").event().openOrCreate().notifier();
    notifier.notify();
    listener.tryWait();
    notifier.close();
    listener.waitSync(0);
  }

  const sets: readonly (readonly [what: string, calls: readonly OsCall[]])[] = [
    ["creating a file or shared memory", ["createExclusive", "shmCreateExclusive", "mkdir"]],
    ["opening a file or shared memory", ["open", "shmOpen"]],
    ["reading or writing a file", ["read", "readAll", "writeAll", "fstat", "fchmod"]],
    ["reserving or mapping memory", ["ftruncate", "fallocate", "map"]],
    ["using a socket", ["bindDatagram", "connectDatagram", "send", "receive"]],
  ];
  for (const [what, calls] of sets) {
    for (const errno of ["ENOSPC", "EACCES", "EMFILE"] as const) {
      it(`${what} fails with ${errno}`, () => {
        using domain = new TestDomain({
          global: {
            creationTimeout: 0,
            node: { cleanupDeadNodesOnCreation: false, cleanupDeadNodesOnDestruction: false },
          },
        });
        using _log = new LogCapture();
        for (let failAt = 0; ; failAt++) {
          const failing = new FailingOs(calls, errno);
          const node = NodeState.create(failing.os, domain.config, "one", { signalMode: "ignore" });
          const other = NodeState.create(failing.os, domain.config, "two", { signalMode: "ignore" });
          const descriptors = openDescriptors();
          failing.arm(failAt);
          try {
            useService(node, other);
          } catch (error) {
            const isTyped = TYPED_ERRORS.some((type) => error instanceof type);
            assert(isTyped, `failing ${failing.failed}: ${(error as Error).stack}`);
          }
          const failed = `failing ${failing.failed}`;
          failing.arm(0);
          node.close();
          other.close();
          assert.deepEqual(domain.leftovers(), [], failed);
          assert.deepEqual(mappedObjects(domain.prefix), [], failed);
          assert.equal(openDescriptors(), descriptors - 2, failed);
          if (failAt > 0 && failing.failed === undefined) break;
        }
      });
    }
  }
});
