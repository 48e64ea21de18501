import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { Iox2Error } from "./base/iox2-error.ts";
import * as index from "./index.ts";
import * as lowlevel from "./lowlevel.ts";
import * as sockets from "./sockets.ts";
import * as testing from "./testing.ts";

/** What users can import. Whoever adds or removes something does it here as well, on purpose. */
const EXPORTS = {
  classes: ["Node"],
  errors: [
    "AlreadyWaitingError",
    "AttributeDefinitionError",
    "CallError",
    "ClientCreateError",
    "ClosedError",
    "ConfigCreationError",
    "DocumentError",
    "EventCreateError",
    "EventOpenError",
    "EventOpenOrCreateError",
    "InvalidArgumentError",
    "InvalidNameError",
    "Iox2Error",
    "ListenerCreateError",
    "ListenerWaitError",
    "LoanError",
    "NodeCreationFailure",
    "NodeListFailure",
    "NotifierCreateError",
    "NotifierNotifyError",
    "OsError",
    "PayloadTypeError",
    "PayloadValueError",
    "PublishSubscribeCreateError",
    "PublishSubscribeOpenError",
    "PublishSubscribeOpenOrCreateError",
    "PublisherCreateError",
    "ReceiveError",
    "RequestResponseCreateError",
    "RequestResponseOpenError",
    "RequestResponseOpenOrCreateError",
    "RequestSendError",
    "SendError",
    "ServerCreateError",
    "ServiceDetailsError",
    "ServiceListError",
    "ServiceRemoveError",
    "StorageError",
    "SubscriberCreateError",
    "TimeoutError",
    "UnsupportedPlatformError",
    "UseAfterReleaseError",
    "WaitSetAttachmentError",
    "WaitSetCreateError",
    "WaitSetRunError",
  ],
  payloadTypes: [
    ..."i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 bool bytes".split(" "),
    ..."array named slice staticString staticVec struct untyped".split(" "),
  ],
  others: ["Config", "Service", "setLogLevel", "setLogger"],
};

/** Runs a module that imports an entry point in a process of its own, and returns what it prints. */
function inChild(script: string): string {
  const urls = {
    index: new URL("./index.js", import.meta.url),
    lowlevel: new URL("./lowlevel.js", import.meta.url),
    sockets: new URL("./sockets.js", import.meta.url),
    testing: new URL("./testing.js", import.meta.url),
  };
  const prelude = `const urls = ${JSON.stringify(urls)};`;
  const args = ["--input-type=module", "-e", prelude + script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  return stdout;
}

const isError = (name: string): boolean => name === "SocketError" || EXPORTS.errors.includes(name);

describe("the entry points", () => {
  it("export what users need and nothing else", () => {
    assert.deepEqual(Object.keys(index).sort(), Object.values(EXPORTS).flat().sort());
    assert.deepEqual(Object.keys(lowlevel), ["Listener", "Notifier", "Publisher", "Subscriber"]);
    assert.deepEqual(Object.keys(sockets), ["Pair", "Pair0", "Pair1", "Pub0", "SocketError", "Sub0"]);
    assert.deepEqual(Object.keys(testing), ["TestDomain"]);
  });

  it("export error classes that state their own names and codes", () => {
    const { SocketError } = sockets;
    const classes = Object.entries({ ...index, SocketError }).filter(([name]) => isError(name));
    for (const [name, type] of classes as [string, typeof Iox2Error & { codes?: readonly string[] }][]) {
      assert(Object.hasOwn(type, "className"), name);
      assert.equal(type.className, name);
      if (type === Iox2Error) continue;
      assert(type.prototype instanceof Error && Object.getPrototypeOf(type) === Iox2Error, name);
      // The codes of OsError are the names of all errnos.
      if (name === "OsError") continue;
      assert(Object.hasOwn(type, "codes"), name);
      assert(type.codes!.length > 0 && new Set(type.codes).size === type.codes!.length, name);
    }
    const names = classes.map(([, type]) => (type as typeof Iox2Error).className);
    assert.equal(new Set(names).size, names.length, "class and code together are unique");
  });

  it("load no native code when they are imported", () => {
    const loaded = inChild(`
      import { createRequire } from "node:module";
      await import(urls.index);
      for (const url of Object.values(urls)) await import(url);
      console.log(Object.keys(createRequire(urls.index).cache).join("\\n"));
      console.log(process.report.getReport().sharedObjects.join("\\n"));`);
    assert(!/koffi/.test(loaded), loaded);
    const used = inChild(`
      const { Node } = await import(urls.index);
      const { TestDomain } = await import(urls.testing);
      const { createRequire } = await import("node:module");
      const domain = new TestDomain();
      Node.create({ config: domain.config }).close();
      domain[Symbol.dispose]();
      console.log(process.report.getReport().sharedObjects.join("\\n"));`);
    assert(/koffi/.test(used), "the first node does");
  });

  it("leave no handler, timer or output when they are imported", () => {
    const printed = inChild(`
      const before = process.eventNames().map((event) => [event, process.listenerCount(event)]);
      for (const url of Object.values(urls)) await import(url);
      const after = process.eventNames().map((event) => [event, process.listenerCount(event)]);
      console.log(JSON.stringify(before) === JSON.stringify(after));`);
    assert.equal(printed, "true\n");
  });

  for (const [platform, arch] of [
    ["darwin", "arm64"],
    ["win32", "x64"],
    ["linux", "ia32"],
  ]) {
    it(`can be imported on ${platform}-${arch}; creating a node says that it is not supported`, () => {
      const printed = inChild(`
        Object.defineProperty(process, "platform", { value: "${platform}" });
        Object.defineProperty(process, "arch", { value: "${arch}" });
        const { Node, Config, UnsupportedPlatformError, struct, u64, LoanError } = await import(urls.index);
        struct("Pair", { a: u64, b: u64 });
        for (const use of [() => Node.create(), () => Node.create({ config: Config.default() }), () => Node.list()]) {
          try {
            use();
            console.log("nothing was thrown");
          } catch (error) {
            console.log(error instanceof UnsupportedPlatformError, error.code, error.message);
          }
        }`);
      const line = `true UnsupportedPlatform iceoryx2-ts does not run with Node.js on ${platform}-${arch} yet.`;
      const lines = printed.trim().split("\n");
      assert.equal(lines.length, 3);
      for (const found of lines) assert(found.startsWith(line), found);
    });
  }
});
