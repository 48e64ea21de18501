import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setLogger } from "../base/log.ts";
import { type ErrnoName, OsError } from "../os/os-error.ts";
import { Config } from "./config.ts";
import { ConfigCreationError, findConfig, readConfigFile } from "./config-file.ts";

const LOCAL_FILE = "config/iceoryx2.toml";
const USER_FILE = "/home/user/.config/iceoryx2/iceoryx2.toml";
const MACHINE_FILE = "/etc/iceoryx2/iceoryx2.toml";

type Content = string | Uint8Array;
/** Why a file cannot be opened, or cannot be read. */
type Fault = { readonly open: ErrnoName } | { readonly read: ErrnoName };

class FakeFiles {
  readonly homeDirectory: string = "/home/user";
  readonly openFiles: Map<number, Content | Fault> = new Map();
  readonly #files: ReadonlyMap<string, Content | Fault>;

  constructor(files: Readonly<Record<string, Content | Fault>>) {
    this.#files = new Map(Object.entries(files));
  }

  open(path: string): number {
    const file = this.#files.get(path) ?? { open: "ENOENT" };
    if (typeof file === "object" && "open" in file) throw new OsError(file.open, "open", path);
    this.openFiles.set(7, file);
    return 7;
  }

  readAll(fd: number): Uint8Array {
    const file = this.openFiles.get(fd);
    if (typeof file === "string") return new TextEncoder().encode(file);
    if (file instanceof Uint8Array) return file;
    throw new OsError("EISDIR", "read", "fd 7");
  }

  close(fd: number): void {
    this.openFiles.delete(fd);
  }
}

function prefixOf(file: string): string {
  return readConfigFile(new FakeFiles({ file }), "file").global.prefix;
}

function rejects(file: Content | Fault, code: ConfigCreationError["code"], message: RegExp): void {
  const files = new FakeFiles({ file });
  assert.throws(
    () => readConfigFile(files, "file"),
    (error) => error instanceof ConfigCreationError && error.code === code && message.test(error.message),
  );
  assert.equal(files.openFiles.size, 0, "the file must be closed");
}

describe("a configuration file", () => {
  it("changes the keys that it mentions", () => {
    const text = `
      [global]
      prefix = 'robot_'
      creation-timeout.secs = 2
      creation-timeout.nanos = 500_000
      service.flatbuffer-schema-path = "/schemas"
      [defaults.event]
      deadline = { secs = 0, nanos = 1 }
      notifier-dead-event = 0x10
      [defaults.publish-subscribe]
      backpressure-strategy = "DiscardData"
      subscriber-expired-connection-buffer = 18446744073709551615
    `;
    const expected = Config.with(Config.default(), {
      global: { prefix: "robot_", creationTimeout: 2000.5, service: { flatbufferSchemaPath: "/schemas" } },
      defaults: {
        event: { deadline: 0.000_001, notifierDeadEvent: 16 },
        publishSubscribe: {
          backpressureStrategy: "DiscardData",
          subscriberExpiredConnectionBuffer: Number.MAX_SAFE_INTEGER,
        },
      },
    });
    const files = new FakeFiles({ file: text });
    assert.deepEqual(readConfigFile(files, "file"), expected);
    assert.equal(files.openFiles.size, 0);
    assert.ok(Object.isFrozen(readConfigFile(files, "file").global.service));
  });

  it("may be empty or have keys that nobody knows", () => {
    assert.equal(prefixOf(""), "iox2_");
    assert.equal(prefixOf("other = 1\n[global]\nprefixx = 1\n[global.constructor]\na = 1"), "iox2_");
  });

  it("is rejected as a whole for one wrong value", () => {
    const wrong = (text: string, message: RegExp): void =>
      rejects(text, "UnableToDeserializeContents", message);
    wrong("[global", /cannot use config file "file": /);
    wrong("[global]\ncreation-timeout = { secs = 1 }", /global\.creation-timeout\.nanos is missing/);
    wrong("[global]\ncreation-timeout = 1", /global\.creation-timeout is 1, it must be a table/);
    wrong("[global]\nprefix = 1", /global\.prefix is 1/);
    wrong('[global]\nprefix = "a/b"', /global\.prefix: .* position 1/);
    wrong('[global]\nroot-path = "\u00e9"', /global\.root-path: /);
    wrong("[defaults.event]\nmax-nodes = -1", /defaults\.event\.max-nodes is -1/);
    wrong("[defaults.event]\nmax-nodes = 1.0", /max-nodes is the float 1/);
    wrong("[defaults]\nevent = 1", /defaults\.event is 1, it must be a table/);
    wrong(
      '[defaults.publish-subscribe]\nbackpressure-strategy = "discard"',
      /must be "RetryUntilDelivered" or/,
    );
    rejects(Uint8Array.of(0x61, 0xff), "UnableToDeserializeContents", /valid for encoding/);
  });

  it("must be readable", () => {
    rejects({ open: "ENOENT" }, "ConfigFileDoesNotExist", /does not exist/);
    rejects({ open: "EACCES" }, "InsufficientPermissions", /may not read/);
    rejects({ open: "ELOOP" }, "UnableToOpenConfigFile", /could not be opened/);
    rejects({ read: "EISDIR" }, "FailedToReadConfigFileContents", /could not be read/);
  });
});

describe("the search for a configuration", () => {
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
    setLogger({ log: (_level, _origin, message) => warnings.push(message) });
  });
  afterEach(() => setLogger(undefined));

  const prefixed = (prefix: string): string => `[global]\nprefix = "${prefix}"`;
  const found = (files: Readonly<Record<string, Content | Fault>>): string =>
    findConfig(new FakeFiles(files)).global.prefix;

  it("prefers the working directory to the user, and the user to the machine", () => {
    const machine = { [MACHINE_FILE]: prefixed("machine_") };
    const user = { [USER_FILE]: prefixed("user_"), ...machine };
    const local = { [LOCAL_FILE]: prefixed("local_"), ...user };
    assert.equal(found(local), "local_");
    assert.equal(found(user), "user_");
    assert.equal(found(machine), "machine_");
    assert.deepEqual(findConfig(new FakeFiles({})), Config.default());
    assert.deepEqual(warnings, []);
  });

  it("warns of a file that it cannot use and goes on", () => {
    const files = {
      [LOCAL_FILE]: "[global",
      [USER_FILE]: { open: "EACCES" },
      [MACHINE_FILE]: prefixed("machine_"),
    } as const;
    assert.equal(found(files), "machine_");
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? "", /"config\/iceoryx2\.toml".* It is ignored\.$/s);
    assert.match(warnings[1] ?? "", /"\/home\/user\/.*may not read it\. It is ignored\.$/);
  });

  it("does without a user's file where the user has no home", () => {
    class Homeless extends FakeFiles {
      override readonly homeDirectory: string = "";
    }
    const files = new Homeless({ [MACHINE_FILE]: prefixed("machine_") });
    Object.defineProperty(files, "homeDirectory", {
      get: () => {
        throw new Error("no such user");
      },
    });
    assert.equal(findConfig(files).global.prefix, "machine_");
  });
});
