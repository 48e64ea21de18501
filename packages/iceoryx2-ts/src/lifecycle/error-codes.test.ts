/** Errors that only happen when files cannot be made or read: each has its code. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { ServiceBuilder } from "../api/service-builder.ts";
import { Iox2Error } from "../base/iox2-error.ts";
import { hostOs } from "../os/host.ts";
import { OsError } from "../os/os-error.ts";
import { u64 } from "../payload/scalars.ts";
import { serviceHash } from "../service/service-hash.ts";
import { FailingOs, interceptOs } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { NodeState } from "./node-state.ts";
import { readServiceDetails } from "./service-list.ts";

function throwsError(name: string, code: string, action: () => unknown): void {
  assert.throws(action, (error) => {
    assert(error instanceof Iox2Error, String(error));
    assert.deepEqual([error.name, error.code], [name, code], error.message);
    return true;
  });
}

describe("the error of a node", () => {
  const create = ({ config }: TestDomain) => NodeState.create(hostOs(), config, "");

  it("says that there is no id where the counter of nodes belongs to another version", () => {
    using domain = new TestDomain();
    create(domain).close();
    const counter = `/dev/shm/${sharedMemoryNames.globalManagement(domain.config)}`;
    const content = fs.readFileSync(counter);
    content.writeBigUInt64LE(0xb0000n, 0);
    fs.writeFileSync(counter, content);
    throwsError("NodeCreationFailure", "UnableToGenerateUniqueNodeId", () => create(domain));
  });

  it("says that the system is corrupted where the directory of nodes is none", () => {
    using domain = new TestDomain();
    fs.writeFileSync(`${domain.rootPath}nodes`, "");
    throwsError("NodeCreationFailure", "SystemCorrupted", () => create(domain));
  });
});

describe("the error of a service or port", () => {
  const failing = new FailingOs(["createExclusive", "ftruncate"], "ENOSPC");
  const steps: readonly (readonly [
    what: string,
    name: string,
    code: string,
    failAt: number,
    action: (node: NodeState, other: NodeState) => unknown,
  ])[] = [
    [
      "creating needs a service tag",
      "PublishSubscribeCreateError",
      "UnableToCreateServiceTag",
      1,
      (node) => new ServiceBuilder(node, "new").publishSubscribe(u64).create(),
    ],
    [
      "creating needs a file",
      "PublishSubscribeCreateError",
      "ServiceConfigCouldNotBeCreated",
      2,
      (node) => new ServiceBuilder(node, "new").publishSubscribe(u64).create(),
    ],
    [
      "creating needs shared memory",
      "PublishSubscribeCreateError",
      "ServiceConfigCouldNotBeCreated",
      3,
      (node) => new ServiceBuilder(node, "new").publishSubscribe(u64).create(),
    ],
    [
      "opening needs a service tag",
      "PublishSubscribeOpenError",
      "UnableToCreateServiceTag",
      1,
      (_, other) => new ServiceBuilder(other, "a").publishSubscribe(u64).open(),
    ],
    [
      "a publisher needs a port tag",
      "PublisherCreateError",
      "UnableToCreatePortTag",
      1,
      (node) => new ServiceBuilder(node, "a").publishSubscribe(u64).open().publisher(),
    ],
    [
      "a publisher needs shared memory",
      "PublisherCreateError",
      "UnableToCreateDataSegment",
      2,
      (node) => new ServiceBuilder(node, "a").publishSubscribe(u64).open().publisher(),
    ],
    [
      "a subscriber needs a port tag",
      "SubscriberCreateError",
      "UnableToCreatePortTag",
      1,
      (node) => new ServiceBuilder(node, "a").publishSubscribe(u64).open().subscriber(),
    ],
  ];
  for (const [what, name, code, failAt, action] of steps) {
    it(`says that ${what}`, () => {
      using domain = new TestDomain();
      const node = NodeState.create(failing.os, domain.config, "one");
      const other = NodeState.create(failing.os, domain.config, "two");
      new ServiceBuilder(node, "a").publishSubscribe(u64).create();
      const before = domain.leftovers();
      failing.arm(failAt);
      throwsError(name, code, () => action(node, other));
      failing.arm(0);
      assert.deepEqual(domain.leftovers(), before);
      for (const each of [other, node]) each.close();
      domain.assertClean();
    });
  }

  it("says that its file could not be read", () => {
    using domain = new TestDomain();
    const node = NodeState.create(hostOs(), domain.config, "");
    new ServiceBuilder(node, "a").publishSubscribe(u64).create();
    const os = interceptOs((call, _args, proceed) => {
      if (call === "readAll") throw new OsError("EIO", "read", "what a test chose");
      return proceed();
    });
    const hash = serviceHash("a", "PublishSubscribe");
    throwsError("ServiceDetailsError", "FailedToReadStaticServiceInfo", () =>
      readServiceDetails(os, domain.config, hash),
    );
    node.close();
  });
});
