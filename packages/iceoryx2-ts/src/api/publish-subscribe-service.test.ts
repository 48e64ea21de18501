import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { ClosedError } from "../base/general-errors.ts";
import { writeUniqueId } from "../base/unique-id.ts";
import { u64 } from "../payload/scalars.ts";
import { bytes } from "../payload/slice.ts";
import { MortalNode, ON_DEMAND } from "../recovery/mortal-node.test-support.ts";
import { inDomain } from "../testing/in-domain.test-support.ts";
import type { TestDomain } from "../testing/test-domain.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { Node } from "./node.ts";
import { Service } from "./service.ts";
import { ServiceBuilder } from "./service-builder.ts";

/** Overwrites the entry of a port, as a hostile process would. */
function overwriteEntry({ config }: TestDomain, portId: bigint, at: number, value: Uint8Array): void {
  const [{ staticDetails }] = Service.list(config) as [ReturnType<typeof Service.list>[number]];
  const file = `/dev/shm/${sharedMemoryNames.dynamicConfig(config, staticDetails.serviceId)}`;
  const id = new DataView(new ArrayBuffer(16));
  writeUniqueId(id, 0, portId);
  const entry = fs.readFileSync(file).indexOf(new Uint8Array(id.buffer));
  assert(entry > 0);
  const fd = fs.openSync(file, "r+");
  fs.writeSync(fd, value, 0, value.length, entry + at);
  fs.closeSync(fd);
}

describe("the ports of a service", () => {
  it(
    "are listed with what they tell about themselves, whoever made them",
    inDomain((node, domain) => {
      using other = Node.create({ config: domain.config });
      const qos = { historySize: 3, subscriberMaxBufferSize: 4, maxSubscribers: 2 };
      using service = node.service("a").publishSubscribe(bytes).create(qos);
      using theirs = other.service("a").publishSubscribe(bytes).open();
      assert.deepEqual([service.publishers(), service.subscribers()], [[], []]);

      using publisher = theirs.publisher({ name: "front", maxLoanedSamples: 5, initialMaxSliceLen: 64 });
      using subscriber = service.subscriber({ bufferSize: 2, historyRequest: 1 });
      for (const view of [service, theirs]) {
        assert.deepEqual(view.publishers(), [
          {
            portId: publisher.id,
            portName: "front",
            nodeId: other.id,
            numberOfSamples: 2 * (4 + 2) + 3 + 5,
            maxSliceLen: 64,
            dataSegmentType: "Static",
            maxNumberOfSegments: 1,
          },
        ]);
        assert.deepEqual(view.subscribers(), [
          { portId: subscriber.id, portName: "", nodeId: node.id, bufferSize: 2, historyRequest: 1 },
        ]);
      }
      publisher.close();
      subscriber.close();
      assert.deepEqual([service.publishers(), service.subscribers()], [[], []]);
      other.close();
    }),
  );

  it(
    "are listed whatever a hostile process wrote into their entries",
    inDomain((node, domain) => {
      using service = node.service("a").publishSubscribe(u64).create();
      const [first, second] = [service.publisher({ name: "x" }), service.publisher({ name: "y" })];
      const subscriber = service.subscriber({ name: "z" });
      const nonsense = new Uint8Array(8).fill(255);
      // No data segment has such a type; no name is that long; no buffer is that large.
      overwriteEntry(domain, first.id, 128, nonsense);
      overwriteEntry(domain, second.id, 16 + 72, nonsense);
      overwriteEntry(domain, second.id, 16, nonsense);
      overwriteEntry(domain, subscriber.id, 112, nonsense);
      assert.equal(service.numberOfPublishers, 2);
      const [publisher, ...others] = service.publishers();
      assert.deepEqual(others, []);
      assert.equal(publisher!.portId, second.id);
      assert.equal(publisher!.portName, `${"\u00ff".repeat(8)}${"\0".repeat(56)}`);
      assert.deepEqual(
        service.subscribers().map(({ portName, bufferSize }) => [portName, bufferSize]),
        [["z", Number.NaN]],
      );
    }),
  );

  it(
    "cannot be listed after the service was closed here",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create();
      service.close();
      assert.throws(() => service.publishers(), ClosedError);
      assert.throws(() => service.subscribers(), ClosedError);
      assert.throws(() => service.nodes(), ClosedError);
    }),
  );
});

describe("the nodes of a service", () => {
  it(
    "are those that have it open, each once, alive or dead",
    inDomain((node, domain) => {
      using elsewhere = Node.create({ name: "elsewhere", config: domain.config });
      using service = node.service("a").publishSubscribe(u64).create();
      using _again = node.service("a").publishSubscribe(u64).open();
      const mortal = new MortalNode(domain.config);
      new ServiceBuilder(mortal.state, "a").publishSubscribe(u64).open();
      const states = (): unknown => service.nodes().map(({ id, state }) => [id, state]);
      assert.deepEqual(states(), [
        [node.id, "Alive"],
        [mortal.state.id, "Alive"],
      ]);
      mortal.die();
      assert.deepEqual(states(), [
        [node.id, "Alive"],
        [mortal.state.id, "Dead"],
      ]);
      service.tryCleanupDeadNodes();
      assert.deepEqual(states(), [[node.id, "Alive"]]);
      elsewhere.close();
    }, ON_DEMAND),
  );
});
