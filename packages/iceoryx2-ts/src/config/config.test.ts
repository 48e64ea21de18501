import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { InvalidArgumentError, InvalidNameError } from "../base/general-errors.ts";
import { type LogLevel, setLogger, setLogLevel } from "../base/log.ts";
import { Config, type ConfigOverrides } from "./config.ts";
import { ConfigCreationError } from "./config-file.ts";

function rejects(overrides: unknown, type: new (...arguments_: never) => Error, message: RegExp): void {
  assert.throws(
    () => Config.with(Config.default(), overrides as ConfigOverrides),
    (error) => error instanceof type && message.test(error.message),
    inspect(overrides),
  );
}

function inDirectory(run: (directory: string) => void): void {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "iceoryx2-ts-config-"));
  try {
    run(directory);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

describe("Config", () => {
  it("has upstream's built-in values", () => {
    const { global, defaults } = Config.default();
    assert.equal(global.rootPath, "/tmp/iceoryx2/");
    assert.equal(global.prefix, "iox2_");
    assert.equal(global.creationTimeout, 1000);
    assert.equal(global.service.flatbufferSchemaPath, null);
    assert.equal(defaults.event.deadline, null);
    assert.equal(defaults.requestResponse.maxActiveRequestsPerClient, 4);
  });

  it("changes what is given and keeps the rest", () => {
    const base = Config.default();
    const changed = Config.with(base, {
      global: { prefix: "robot_", node: { cleanupDeadNodesOnCreation: false } },
      defaults: { event: { deadline: 0.5, maxNodes: undefined }, publishSubscribe: undefined },
    });
    assert.deepEqual(changed, {
      global: {
        ...base.global,
        prefix: "robot_",
        node: { ...base.global.node, cleanupDeadNodesOnCreation: false },
      },
      defaults: { ...base.defaults, event: { ...base.defaults.event, deadline: 0.5 } },
    });
    assert.deepEqual(base, Config.default());
    assert.deepEqual(
      Config.with(changed, { defaults: { event: { deadline: null } } }).defaults,
      base.defaults,
    );
    assert.deepEqual(Config.with(base, changed), changed);
  });

  it("cannot be changed and survives being posted", () => {
    const config = Config.with(Config.default(), { global: { prefix: "robot_" } });
    for (const table of [config, config.global, config.global.node, config.defaults.event]) {
      assert.ok(Object.isFrozen(table));
    }
    assert.deepEqual(structuredClone(config), config);
  });

  it("names the nearest key for one that does not exist", () => {
    rejects(
      { global: { prefx: "a" } },
      InvalidArgumentError,
      /no key global\.prefx\. Did you mean global\.prefix\?/,
    );
    rejects({ prefix: "a" }, InvalidArgumentError, /no key prefix\. Did you mean global\.prefix\?/);
    rejects({ publishSubscribe: {} }, InvalidArgumentError, /Did you mean defaults\.publishSubscribe\?/);
    rejects(
      { defaults: { colour: 1 } },
      InvalidArgumentError,
      /The keys of defaults are publishSubscribe, event/,
    );
    rejects({ constructor: 1 }, InvalidArgumentError, /no key constructor\. The keys are global, defaults/);
  });

  it("rejects values that are not allowed", () => {
    rejects({ global: { prefix: "a/b" } }, InvalidNameError, /"a\/b" as global\.prefix/);
    rejects({ global: { prefix: "" } }, InvalidNameError, /global\.prefix: it is empty/);
    rejects({ global: { rootPath: "a*" } }, InvalidNameError, /global\.rootPath/);
    rejects(
      { global: { creationTimeout: -1 } },
      InvalidArgumentError,
      /creationTimeout to -1: it must be a number/,
    );
    rejects({ global: { service: { flatbufferSchemaPath: 1 } } }, InvalidNameError, /flatbufferSchemaPath/);
    rejects({ global: "a" }, InvalidArgumentError, /cannot set global to a: it must be an object/);
    rejects(null, InvalidArgumentError, /cannot set the config to null/);
    const publishSubscribe = (values: unknown): unknown => ({ defaults: { publishSubscribe: values } });
    for (const maxNodes of [1.5, -1, Number.NaN, 2 ** 53, "5", 5n, null]) {
      rejects(publishSubscribe({ maxNodes }), InvalidArgumentError, /maxNodes to .*: it must be an integer/);
    }
    rejects(publishSubscribe({ enableSafeOverflow: 1 }), InvalidArgumentError, /true or false/);
    rejects(
      publishSubscribe({ backpressureStrategy: "Wait" }),
      InvalidArgumentError,
      /"Wait": .*"DiscardData"/,
    );
  });

  it("is read from a file", () => {
    inDirectory((directory) => {
      const file = path.join(directory, "own.toml");
      assert.throws(
        () => Config.fromFile(file),
        (error) => error instanceof ConfigCreationError && error.code === "ConfigFileDoesNotExist",
      );
      fs.writeFileSync(file, '[global]\nprefix = "robot_"\n');
      assert.deepEqual(
        Config.fromFile(file),
        Config.with(Config.default(), { global: { prefix: "robot_" } }),
      );
    });
  });

  it("is loaded once per process", () => {
    const messages: [LogLevel, string][] = [];
    setLogger({ log: (level, _, message) => messages.push([level, message]) });
    setLogLevel("info");
    const workingDirectory = process.cwd();
    inDirectory((directory) => {
      fs.mkdirSync(path.join(directory, "config"));
      const file = path.join(directory, "config", "iceoryx2.toml");
      fs.writeFileSync(file, '[global]\nprefix = "global_"\n');
      process.chdir(directory);
      try {
        assert.equal(Config.global().global.prefix, "global_");
        fs.writeFileSync(file, "");
        assert.equal(Config.global(), Config.global());
        assert.equal(Config.global().global.prefix, "global_");
      } finally {
        process.chdir(workingDirectory);
        setLogger(undefined);
        setLogLevel("warn");
      }
    });
    assert.deepEqual(messages, [["info", 'uses the file "config/iceoryx2.toml".']]);
  });
});
