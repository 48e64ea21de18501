import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { ClosedError, TimeoutError } from "../base/general-errors.ts";
import type { Iox2Error } from "../base/iox2-error.ts";
import { createServiceTag, removeServiceTag } from "../node/tags.ts";
import { hostOs } from "../os/host.ts";
import { u64 } from "../payload/scalars.ts";
import { struct } from "../payload/struct.ts";
import {
  PublishSubscribeCreateError,
  PublishSubscribeOpenError,
} from "../service/publish-subscribe-errors.ts";
import { serviceHash } from "../service/service-hash.ts";
import { type EventPattern, readStaticConfig, writeStaticConfig } from "../service/static-config.ts";
import { inDomain, inDomainAsync } from "../testing/in-domain.test-support.ts";
import type { TestDomain } from "../testing/test-domain.ts";
import { fileNames } from "../transport/names.ts";

const Pair = struct("Pair", { a: u64, b: u64 });
const CREATION_TIMEOUT = { global: { creationTimeout: 30 } };
const VERBS = ["create", "open", "openOrCreate"] as const;

const pathOf = (domain: TestDomain): string =>
  fileNames.staticConfig(domain.config, serviceHash("a", "PublishSubscribe"));

function openError(code: string, message: RegExp = /^cannot open service "a"/) {
  return (error: unknown): boolean =>
    error instanceof PublishSubscribeOpenError && error.code === code && message.test(error.message);
}

function createError(code: string) {
  return (error: unknown): boolean =>
    error instanceof PublishSubscribeCreateError &&
    error.code === code &&
    /^cannot create service "a"/.test(error.message);
}

/** The service of a creator that has written its static configuration halfway. */
function halfCreated(domain: TestDomain, mode: number = 0o600): string {
  const path = pathOf(domain);
  fs.mkdirSync(fileNames.serviceDirectory(domain.config), { recursive: true });
  fs.writeFileSync(path, "");
  fs.chmodSync(path, mode);
  return path;
}

describe("a service", () => {
  for (const form of ["", "Async"] as const) {
    it(
      `is created once, opened, and opened or created (${form || "sync"})`,
      inDomainAsync(async (node) => {
        const verbs = node.service("a").publishSubscribe(u64);
        const run = async (verb: (typeof VERBS)[number]): Promise<{ close(): void }> =>
          verbs[`${verb}${form}`]();
        await assert.rejects(
          () => run("open"),
          openError("DoesNotExist", /PublishSubscribe service of that name/),
        );
        const created = await run("create");
        await assert.rejects(() => run("create"), createError("AlreadyExists"));
        const opened = await run("open");
        created.close();
        opened.close();
        await assert.rejects(() => run("open"), openError("DoesNotExist"));
        const first = await run("openOrCreate");
        const second = await run("openOrCreate");
        first.close();
        second.close();
      }),
    );
  }

  it(
    "has the settings of its creator, whoever opens it",
    inDomain((node, domain) => {
      using other = Node.create({ config: domain.config, signals: "ignore" });
      const created = node.service("a").publishSubscribe(u64).create({ historySize: 3, maxSubscribers: 0 });
      const opened = other.service("a").publishSubscribe(u64).openOrCreate({ historySize: 2 });
      assert.equal(opened.staticConfig.historySize, 3);
      assert.equal(opened.staticConfig.maxSubscribers, 1);
      assert.deepEqual(opened.staticConfig, created.staticConfig);
      assert.equal(opened.serviceHash, created.serviceHash);
      other.close();
    }),
  );

  it(
    "is refused with a typed error where it does not fit, and the refusal leaves no trace",
    inDomain((node, domain) => {
      using other = Node.create({ config: domain.config, signals: "ignore" });
      const service = node
        .service("a")
        .publishSubscribe(u64)
        .create({ historySize: 1, attributes: { color: ["red", "blue"] } });
      const before = domain.leftovers();
      const ofU64 = other.service("a").publishSubscribe(u64);
      for (const verb of ["open", "openOrCreate"] as const) {
        assert.throws(
          () => other.service("a").publishSubscribe(Pair)[verb](),
          openError("IncompatibleTypes", /its payload type is .*u64.*Pair/),
        );
        assert.throws(
          () => ofU64[verb]({ historySize: 2 }),
          openError("DoesNotSupportRequestedMinHistorySize", /historySize: 1, but at least 2/),
        );
        assert.throws(
          () => ofU64[verb]({ requireAttributes: { color: "green" } }),
          openError("IncompatibleAttributes", /color.*green.*"blue" and "red"/),
        );
        assert.throws(
          () => ofU64[verb]({ requireAttributeKeys: ["size"] }),
          openError("IncompatibleAttributes", /size/),
        );
      }
      assert.deepEqual(domain.leftovers(), before);
      ofU64.open({ requireAttributes: { color: "red" }, requireAttributeKeys: ["color"] }).close();
      assert.deepEqual(domain.leftovers(), before);
      other.close();
      service.close();
    }),
  );

  it(
    "is created by openOrCreate with the attributes that it requires",
    inDomain((node) => {
      const service = node
        .service("a")
        .publishSubscribe(u64)
        .openOrCreate({ requireAttributes: { color: "red" } });
      assert.deepEqual(service.attributes, [{ key: "color", value: "red" }]);
    }),
  );

  it(
    "admits as many nodes as its creator allowed",
    inDomain((node, domain) => {
      using other = Node.create({ config: domain.config, signals: "ignore" });
      node.service("a").publishSubscribe(u64).create({ maxNodes: 1 });
      const before = domain.leftovers();
      assert.throws(
        () => other.service("a").publishSubscribe(u64).open(),
        openError("ExceedsMaxNumberOfNodes", /1 nodes have it open already \(maxNodes: 1\)/),
      );
      assert.deepEqual(domain.leftovers(), before);
      node.service("a").publishSubscribe(u64).open().close();
      other.close();
    }),
  );
});

/** A living node that says that it uses or makes the service. */
function claim(domain: TestDomain): () => void {
  const creator = Node.create({ config: domain.config, signals: "ignore" });
  createServiceTag(hostOs(), domain.config, creator.id, serviceHash("a", "PublishSubscribe"));
  return () => {
    removeServiceTag(hostOs(), domain.config, creator.id, serviceHash("a", "PublishSubscribe"));
    creator.close();
  };
}

describe("a service whose creator is slow or dead", () => {
  it(
    "cannot be created, and opening it hangs until the creation timeout",
    inDomain((node, domain) => {
      const path = halfCreated(domain);
      const unclaim = claim(domain);
      const verbs = node.service("a").publishSubscribe(u64);
      assert.throws(() => verbs.create(), createError("IsBeingCreatedByAnotherInstance"));
      const message = /not ready within 30 ms .*still being written/;
      assert.throws(() => verbs.open(), openError("HangsInCreation", message));
      assert.throws(() => verbs.openOrCreate(), openError("HangsInCreation", message));
      fs.rmSync(path);
      unclaim();
    }, CREATION_TIMEOUT),
  );

  it(
    "and is gone is freed after the creation timeout, whatever it had finished",
    inDomain((node, domain) => {
      const verbs = node.service("a").publishSubscribe(u64);
      verbs.create().close();
      const finished = (): void => {
        const service = verbs.create();
        const content = fs.readFileSync(pathOf(domain));
        service.close();
        fs.writeFileSync(halfCreated(domain), content);
        fs.chmodSync(pathOf(domain), 0o400);
      };
      for (const leave of [() => halfCreated(domain), finished]) {
        leave();
        assert.throws(() => verbs.open(), openError("DoesNotExist"));
        assert.equal(fs.existsSync(pathOf(domain)), false);
        leave();
        verbs.openOrCreate().close();
      }
    }, CREATION_TIMEOUT),
  );

  it(
    "that has no dynamic configuration hangs in creation, too",
    inDomain((node, domain) => {
      const service = node.service("a").publishSubscribe(u64).create();
      const content = fs.readFileSync(pathOf(domain));
      service.close();
      const path = halfCreated(domain);
      fs.writeFileSync(path, content);
      fs.chmodSync(path, 0o400);
      const unclaim = claim(domain);
      for (const verb of ["open", "openOrCreate"] as const) {
        const message = /its dynamic configuration is not there yet/;
        assert.throws(
          () => node.service("a").publishSubscribe(u64)[verb](),
          openError("HangsInCreation", message),
        );
      }
      fs.rmSync(path);
      unclaim();
    }, CREATION_TIMEOUT),
  );

  it(
    "is waited for while the event loop runs, and opened once it is there",
    inDomainAsync(async (node, domain) => {
      using creator = Node.create({ config: domain.config, signals: "ignore" });
      const created = creator.service("a").publishSubscribe(u64).create();
      const path = pathOf(domain);
      fs.chmodSync(path, 0o600);
      const opening = node.service("a").publishSubscribe(u64).openAsync();
      await new Promise((resolve) => setImmediate(resolve));
      fs.chmodSync(path, 0o400);
      const opened = await opening;
      assert.equal(opened.serviceHash, created.serviceHash);
      opened.close();
      creator.close();
    }),
  );

  it(
    "is waited for as long as the caller says",
    inDomainAsync(async (node, domain) => {
      const path = halfCreated(domain);
      const verbs = node.service("a").publishSubscribe(u64);
      for (const verb of ["openAsync", "openOrCreateAsync"] as const) {
        await assert.rejects(verbs[verb]({ timeout: 0 }), TimeoutError);
        const reason = new Error("enough");
        const controller = new AbortController();
        const opening = verbs[verb]({ signal: controller.signal });
        controller.abort(reason);
        await assert.rejects(opening, reason);
        await assert.rejects(verbs[verb]({ signal: controller.signal }), reason);
      }
      fs.rmSync(path);
    }),
  );

  it(
    "is not opened by a node that closes meanwhile",
    inDomainAsync(async (node, domain) => {
      using creator = Node.create({ config: domain.config, signals: "ignore" });
      creator.service("a").publishSubscribe(u64).create();
      const path = pathOf(domain);
      fs.chmodSync(path, 0o600);
      const opening = node.service("a").publishSubscribe(u64).openAsync();
      await new Promise((resolve) => setImmediate(resolve));
      node.close();
      fs.chmodSync(path, 0o400);
      await assert.rejects(opening, ClosedError);
      creator.close();
    }),
  );
});

describe("a static configuration that is none", () => {
  const contents: readonly [what: string, change: (content: string) => string, code: string][] = [
    ["is empty", () => "", "ServiceInCorruptedState"],
    ["is cut off", (content) => content.slice(0, content.length / 2), "ServiceInCorruptedState"],
    ["is something else", () => "[package]\nname = 'x'\n", "ServiceInCorruptedState"],
    ["is no text", () => "\u0000\ufffd", "ServiceInCorruptedState"],
    [
      "is that of another service",
      (content) => content.replace(/service_hash = .*/, `service_hash = "${serviceHash("b", "Event")}"`),
      "ServiceInCorruptedState",
    ],
    ["is of another version", (content) => content.replace(/minor = 10/, "minor = 11"), "VersionMismatch"],
  ];

  for (const [what, change, code] of contents) {
    it(
      `because it ${what} is refused with ${code}, and nothing is left`,
      inDomain((node, domain) => {
        const service = node.service("a").publishSubscribe(u64).create();
        const content = change(fs.readFileSync(pathOf(domain), "utf8"));
        service.close();
        const path = halfCreated(domain);
        fs.writeFileSync(path, content);
        fs.chmodSync(path, 0o400);
        const verbs = node.service("a").publishSubscribe(u64);
        assert.throws(() => verbs.open(), openError(code));
        assert.throws(() => verbs.openOrCreate(), openError(code));
        assert.throws(() => verbs.create(), createError("AlreadyExists"));
        fs.rmSync(path);
      }),
    );
  }

  it(
    "of our messaging pattern is refused",
    inDomain((node, domain) => {
      const service = node.service("a").publishSubscribe(u64).create();
      const found = readStaticConfig(fs.readFileSync(pathOf(domain), "utf8"));
      service.close();
      const messagingPattern: EventPattern = {
        kind: "Event",
        maxNotifiers: 1,
        maxListeners: 1,
        maxNodes: 1,
        eventIdMaxValue: 1,
        deadline: undefined,
        notifierCreatedEvent: undefined,
        notifierDroppedEvent: undefined,
        notifierDeadEvent: undefined,
      };
      const path = halfCreated(domain);
      fs.writeFileSync(path, writeStaticConfig({ ...found, messagingPattern }));
      fs.chmodSync(path, 0o400);
      assert.throws(
        () => node.service("a").publishSubscribe(u64).open(),
        openError("IncompatibleMessagingPattern", /is Event, not PublishSubscribe/),
      );
      fs.rmSync(path);
    }),
  );

  it(
    "because it is a directory or bytes that are no text is refused",
    inDomain((node, domain) => {
      const path = halfCreated(domain);
      const verbs = node.service("a").publishSubscribe(u64);
      fs.writeFileSync(path, Uint8Array.of(0xff, 0xfe, 0x80));
      fs.chmodSync(path, 0o400);
      assert.throws(() => verbs.open(), openError("ServiceInCorruptedState"));
      fs.rmSync(path);
      fs.mkdirSync(path);
      assert.throws(() => verbs.open(), openError("ServiceInCorruptedState"));
      assert.throws(() => verbs.create(), createError("ServiceInCorruptedState"));
      fs.rmdirSync(path);
    }),
  );

  it(
    "with a dynamic configuration that is damaged is refused",
    inDomain((node, domain) => {
      using other = Node.create({ config: domain.config, signals: "ignore" });
      const service = node.service("a").publishSubscribe(u64).create();
      const shared = domain.leftovers().find((name) => name.endsWith(".dynamic"))!;
      const sound = fs.readFileSync(`/dev/shm/${shared}`);
      const cases: [offset: number, code: Iox2Error["code"]][] = [
        [8, "ServiceInCorruptedState"],
        [16, "ServiceInCorruptedState"],
        [2, "VersionMismatch"],
      ];
      for (const [offset, code] of cases) {
        const damaged = Buffer.from(sound);
        damaged.writeUInt32LE(0x7fff_ffff, offset & ~3);
        fs.writeFileSync(`/dev/shm/${shared}`, damaged);
        assert.throws(() => other.service("a").publishSubscribe(u64).open(), openError(code));
      }
      fs.writeFileSync(`/dev/shm/${shared}`, sound);
      other.service("a").publishSubscribe(u64).open().close();
      other.close();
      service.close();
    }),
  );
});
