import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { parse } from "smol-toml";
import { Config } from "../config/config.ts";
import { DocumentError } from "../config/toml-codec.ts";
import { readNodeDetails, writeNodeDetails } from "./node-details.ts";

/** A document of a real 0.10.0 peer; `make.py` beside the services' golden files shows how each was made. */
function golden(name: string): string {
  const packageFile = import.meta.resolve("iceoryx2-ts/package.json");
  return fs.readFileSync(new URL(`src/node/golden/${name}.toml`, packageFile), "utf8");
}

const goldenConfig = Config.with(Config.default(), {
  global: { rootPath: "/tmp/golden", prefix: "golden_" },
});

describe("node details", () => {
  it("of an unnamed peer are read completely; the peer has the same built-in configuration", () => {
    const { process, ...rest } = readNodeDetails(golden("unnamed"));
    assert.deepEqual(rest, { executable: "python3.11", name: "", config: goldenConfig });
    assert.match(golden("unnamed"), new RegExp(`^process = ${process}$`, "m"));
  });

  it("of a peer with a configuration of its own are read completely", () => {
    const { name, config } = readNodeDetails(golden("custom"));
    assert.equal(name, "odd \"node\" 'name'\twith\\everything\n");
    const expected = Config.with(goldenConfig, {
      global: { creationTimeout: 1250, node: { cleanupDeadNodesOnDestruction: false } },
      defaults: {
        event: {
          deadline: 2000.000_003,
          notifierCreatedEvent: 1,
          notifierDroppedEvent: 2,
          notifierDeadEvent: 3,
        },
        publishSubscribe: { maxSubscribers: 21, backpressureStrategy: "DiscardData" },
      },
    });
    assert.deepEqual(config, expected);
  });

  it("are written as the peer wrote them", () => {
    assert.equal(writeNodeDetails(readNodeDetails(golden("unnamed"))), golden("unnamed"));
    const written = writeNodeDetails(readNodeDetails(golden("custom")));
    assert.deepEqual(parse(written), parse(golden("custom")));
  });

  it("say undefined for an executable that peers would not accept", () => {
    const details = { ...readNodeDetails(golden("unnamed")), executable: "n\u00f6de" };
    assert.equal(readNodeDetails(writeNodeDetails(details)).executable, "undefined");
  });

  it("need no complete configuration, but what is there must be right", () => {
    const [head] = golden("unnamed").split("[config.global]");
    assert.deepEqual(readNodeDetails(`${head}[config]\n`).config, Config.default());
    for (const damaged of [
      head ?? "",
      golden("unnamed").replace(/process = .*/, "process = -1"),
      golden("unnamed").replace(/name = .*/, `name = "${"x".repeat(129)}"`),
      golden("unnamed").replace(/prefix = .*/, 'prefix = "../"'),
    ]) {
      assert.throws(() => readNodeDetails(damaged), DocumentError, damaged);
    }
  });
});
