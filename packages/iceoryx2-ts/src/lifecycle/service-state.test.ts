import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { ServiceBuilder } from "../api/service-builder.ts";
import { u64 } from "../payload/scalars.ts";
import { serviceHash } from "../service/service-hash.ts";
import { inDomain } from "../testing/in-domain.test-support.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import { interceptOs } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { fileNames } from "../transport/names.ts";
import { NodeState } from "./node-state.ts";

const HASH = serviceHash("a", "PublishSubscribe");

/** Whether the service still has a static configuration. */
function exists(domain: TestDomain): boolean {
  return fs.existsSync(fileNames.staticConfig(domain.config, HASH));
}

/** Whether the node still has a tag of the service. */
function isTagged(domain: TestDomain, node: Node): boolean {
  return fs.existsSync(fileNames.serviceTag(domain.config, node.id, HASH));
}

describe("a node's registration in a service", () => {
  it(
    "lives as long as some handle or port of the node",
    inDomain((node, domain) => {
      const first = node.service("a").publishSubscribe(u64).create();
      const second = node.service("a").publishSubscribe(u64).open();
      const publisher = second.publisher();
      const subscriber = first.subscriber();
      for (const owner of [first, second, publisher]) {
        owner.close();
        owner.close();
        assert(exists(domain) && isTagged(domain, node));
      }
      subscriber.close();
      assert(!exists(domain) && !isTagged(domain, node));
    }),
  );

  it(
    "is one of several when more nodes of the process are in the service; the last one removes it",
    inDomain((node, domain) => {
      using other = Node.create({ config: domain.config, signals: "ignore" });
      const here = node.service("a").publishSubscribe(u64).create({ maxNodes: 2 });
      const there = other.service("a").publishSubscribe(u64).open();
      const publisher = here.publisher();
      const subscriber = there.subscriber();
      assert.equal(publisher.sendCopy(7n), 1);
      assert.equal(subscriber.receive()?.payload, 7n);
      node.close();
      assert(exists(domain) && !isTagged(domain, node) && isTagged(domain, other));
      assert.equal(there.numberOfPublishers, 0);
      other.close();
      assert(!exists(domain));
    }),
  );

  it(
    "can be made again after the last one has gone, as another service of the same name",
    inDomain((node) => {
      const builder = node.service("a").publishSubscribe(u64);
      builder.create({ historySize: 3 }).close();
      const again = builder.create({ historySize: 4 });
      assert.equal(again.staticConfig.historySize, 4);
      again.close();
    }),
  );

  it("comes with its tag first and goes with its tag last", () => {
    using domain = new TestDomain();
    const calls: string[] = [];
    const os = interceptOs((call, args, proceed) => {
      const result = proceed();
      const name = String(args[0]);
      const kind = name.slice(name.lastIndexOf("."));
      if (/create|unlink/i.test(call)) calls.push(`${call} ${kind}`);
      return result;
    });
    const node = NodeState.create(os, domain.config, "");
    calls.length = 0;
    const service = new ServiceBuilder(node, "a").publishSubscribe(u64).create();
    assert.deepEqual(calls.splice(0), [
      "createExclusive .service_tag",
      "createExclusive .service",
      "shmCreateExclusive .dynamic",
    ]);
    const publisher = service.publisher();
    assert.deepEqual(calls.splice(0), ["createExclusive .port_tag", "shmCreateExclusive .data"]);
    const subscriber = service.subscriber();
    assert.deepEqual(calls.splice(0), ["createExclusive .port_tag", "shmCreateExclusive .connection"]);
    publisher.updateConnections();
    publisher.close();
    assert.deepEqual(calls.splice(0), ["shmUnlink .data", "unlink .port_tag"]);
    subscriber.close();
    assert.deepEqual(calls.splice(0), ["shmUnlink .connection", "unlink .port_tag"]);
    service.close();
    assert.deepEqual(calls.splice(0), ["shmUnlink .dynamic", "unlink .service", "unlink .service_tag"]);
    node.close();
    domain.assertClean();
  });

  it(
    "ends without an error when somebody took its service apart",
    inDomain((node, domain) => {
      using log = new LogCapture();
      const service = node.service("a").publishSubscribe(u64).create();
      fs.rmSync(fileNames.staticConfig(domain.config, HASH));
      for (const name of domain.leftovers()) {
        if (!name.startsWith("/")) fs.rmSync(`/dev/shm/${name}`);
      }
      service.close();
      assert.deepEqual(log.messages, []);
    }),
  );

  it(
    "ends and takes its tag along when the static configuration was damaged meanwhile",
    inDomain((node, domain) => {
      using _log = new LogCapture();
      const service = node.service("a").publishSubscribe(u64).create();
      const file = fileNames.staticConfig(domain.config, HASH);
      fs.chmodSync(file, 0o600);
      fs.writeFileSync(file, "damaged");
      fs.chmodSync(file, 0o400);
      service.close();
      assert(!isTagged(domain, node));
      fs.rmSync(file, { force: true });
    }),
  );
});
