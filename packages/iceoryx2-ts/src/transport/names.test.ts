import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { Config } from "../config/config.ts";
import { fileNames, joinPath, sharedMemoryNames, stripName } from "./names.ts";

const config = Config.with(Config.default(), { global: { prefix: "iox2_", rootPath: "/tmp/iceoryx2/" } });
/** The largest id there is, and others. */
const ID = 2n ** 128n - 1n;
const ID_TEXT = "340282366920938463463374607431768211455";
const HASH = "9d95008274b72f46c3dd617539296ae22f4ae40d";

function sha1(typeName: string): string {
  return createHash("sha1").update(typeName).digest("hex");
}

const concept = "iceoryx2_cal::";
const dynamicConfig = sha1(
  `iceoryx2::service::dynamic_config::DynamicConfig<${concept}bag::lock_free_bag::LockFreeBag>`,
);
const state = sha1("iceoryx2::node::global_management_segment::State");
const allocator = (name: string): string =>
  sha1(`${concept}shared_memory::common::details::AllocatorDetails<${concept}shm_allocator::${name}>`);
const pool = allocator("pool_allocator::PoolAllocator");
const bump = allocator("bump_allocator::BumpAllocator");
const connection = sha1(`${concept}zero_copy_connection::common::details::SharedManagementData`);
const relocatable = "iceoryx2_bb_elementary::relocatable_pointer::RelocatablePointer";
const bitSet = `iceoryx2_bb_lock_free::mpmc::counting_bit_set::details::CountingBitSet<${relocatable}`;
const event = sha1(
  `${concept}event::trigger::State<${bitSet}<iceoryx2_bb_concurrency::atomic::AtomicU64>>, ()>`,
);

describe("the names of shared memory", () => {
  for (const [what, actual, expected] of [
    [
      "the counter of nodes",
      sharedMemoryNames.globalManagement(config),
      `iox2_${state}_node.0_10_0.global_mgmt`,
    ],
    [
      "a dynamic configuration",
      sharedMemoryNames.dynamicConfig(config, ID),
      `iox2_${dynamicConfig}_${ID_TEXT}.dynamic`,
    ],
    ["a data segment", sharedMemoryNames.dataSegment(config, ID), `iox2_${pool}_${ID_TEXT}.data`],
    [
      "a resizable data segment",
      sharedMemoryNames.resizableDataSegment(config, 7n, 254),
      `iox2_${pool}_7__254.data`,
    ],
    [
      "the management of resizable data segments",
      sharedMemoryNames.resizableDataSegmentManagement(config, 7n),
      `iox2_${pool}_7__mgmt.data`,
    ],
    [
      "a connection",
      sharedMemoryNames.connection(config, 3n, ID),
      `iox2_${connection}_3_${ID_TEXT}.connection`,
    ],
    ["an event channel", sharedMemoryNames.eventManagement(config, 5n), `iox2_${event}_5.event_mgmt`],
    [
      "the values of a blackboard",
      sharedMemoryNames.blackboardData(config, 5n),
      `iox2_${bump}_5.blackboard_data`,
    ],
    [
      "the directory of a blackboard",
      sharedMemoryNames.blackboardManagement(config, sha1("BlackboardKey"), 5n),
      "iox2_685a5ccc745309acd12824b3364fc8933f7c0ef1_5.blackboard_mgmt",
    ],
  ] as const) {
    it(`are those of 0.10.0: ${what}`, () => assert.equal(actual, expected));
  }

  it("fit into a file name", () => {
    assert.ok(sharedMemoryNames.connection(config, ID, ID).length <= 255);
  });
});

describe("the names of files", () => {
  const nodes = "/tmp/iceoryx2/nodes";
  for (const [what, actual, expected] of [
    ["services", fileNames.serviceDirectory(config), "/tmp/iceoryx2/services"],
    ["a service", fileNames.staticConfig(config, HASH), `/tmp/iceoryx2/services/iox2_${HASH}.service`],
    ["nodes", fileNames.nodeDirectory(config), nodes],
    ["a node", fileNames.nodeOwnDirectory(config, ID), `${nodes}/${ID_TEXT}`],
    ["the details of a node", fileNames.nodeDetails(config, 7n), `${nodes}/7/iox2_node.details`],
    ["a monitor", fileNames.nodeMonitor(config, 7n), `${nodes}/iox2_7.node_monitor`],
    ["an owner lock", fileNames.nodeOwnerLock(config, 7n), `${nodes}/iox2_7.node_monitor_owner_lock`],
    ["a context", fileNames.nodeContext(config, 7n), `${nodes}/iox2_7.node_monitor_context`],
    ["a service tag", fileNames.serviceTag(config, 7n, HASH), `${nodes}/7/iox2_${HASH}.service_tag`],
    ["a port tag", fileNames.portTag(config, 7n, 8n), `${nodes}/7/iox2_8.port_tag`],
    ["an event socket", fileNames.eventSocket(config, 8n), "/tmp/iceoryx2/iox2_8.event"],
  ] as const) {
    it(`are those of 0.10.0: ${what}`, () => assert.equal(actual, expected));
  }

  it("follow the configuration", () => {
    const other = Config.with(config, {
      global: {
        rootPath: "/run/robot",
        prefix: "p_",
        service: { directory: "s", staticConfigStorageSuffix: ".st", dataSegmentSuffix: ".d" },
        node: { directory: "n", monitorSuffix: ".m", staticConfigSuffix: ".c", portTagSuffix: ".pt" },
      },
    });
    assert.equal(fileNames.staticConfig(other, HASH), `/run/robot/s/p_${HASH}.st`);
    assert.equal(fileNames.nodeContext(other, 7n), "/run/robot/n/p_7.m_context");
    assert.equal(fileNames.nodeDetails(other, 7n), "/run/robot/n/7/p_node.c");
    assert.equal(fileNames.portTag(other, 7n, 8n), "/run/robot/n/7/p_8.pt");
    assert.equal(sharedMemoryNames.dataSegment(other, 8n), `p_${pool}_8.d`);
  });
});

describe("joinPath", () => {
  it("puts a slash only where there is none", () => {
    assert.equal(joinPath("/a", "b"), "/a/b");
    assert.equal(joinPath("/a/", "b"), "/a/b");
  });
});

describe("stripName", () => {
  it("gives what stands in the middle", () => {
    assert.equal(stripName("iox2_7.service", "iox2_", ".service"), "7");
    assert.equal(stripName("a.b.b", "", ".b"), "a.b");
  });

  it("knows no name of another form", () => {
    for (const name of [
      "iox2_.service",
      "iox2.service",
      "x_7.service",
      "iox2_7.servic",
      "iox2_7.service_",
      "",
    ]) {
      assert.equal(stripName(name, "iox2_", ".service"), undefined, name);
    }
    assert.equal(stripName("ababa", "aba", "aba"), undefined, "the prefix and the suffix overlap");
  });
});
