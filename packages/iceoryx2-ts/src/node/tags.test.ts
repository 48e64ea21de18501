import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { hostOs } from "../os/host.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { fileNames } from "../transport/names.ts";
import { StorageError } from "../transport/storage-error.ts";
import { createPortTag, createServiceTag, listTags, removePortTag, removeServiceTag } from "./tags.ts";

const NODE_ID = 2n ** 127n + 5n;
const PORT_ID = 2n ** 100n + 7n;
const HASH = "9d95008274b72f46c3dd617539296ae22f4ae40d";

describe("tags", () => {
  const os = hostOs();
  let domain: TestDomain;

  beforeEach(() => {
    domain = new TestDomain();
  });
  afterEach(() => domain[Symbol.dispose]());

  it("are none where the node has no directory", () => {
    assert.deepEqual(listTags(os, domain.config, NODE_ID), { serviceHashes: [], portIds: [] });
  });

  it("are listed until they are removed", () => {
    const { config } = domain;
    assert.ok(createServiceTag(os, config, NODE_ID, HASH));
    createPortTag(os, config, NODE_ID, PORT_ID);
    createPortTag(os, config, NODE_ID, 8n);
    const { serviceHashes, portIds } = listTags(os, config, NODE_ID);
    assert.deepEqual([serviceHashes, portIds.toSorted()], [[HASH], [PORT_ID, 8n].toSorted()]);
    removeServiceTag(os, config, NODE_ID, HASH);
    removeServiceTag(os, config, NODE_ID, HASH);
    assert.ok(removePortTag(os, config, NODE_ID, PORT_ID));
    assert.ok(!removePortTag(os, config, NODE_ID, PORT_ID));
    assert.deepEqual(listTags(os, config, NODE_ID), { serviceHashes: [], portIds: [8n] });
    removePortTag(os, config, NODE_ID, 8n);
    domain.assertClean();
  });

  it("are empty files that nobody writes", () => {
    createServiceTag(os, domain.config, NODE_ID, HASH);
    const { mode, size } = os.lstat(fileNames.serviceTag(domain.config, NODE_ID, HASH));
    assert.deepEqual([mode, size], [0o400, 0]);
  });

  it("of a service may be there already, which its creator is told; of a port they may not", () => {
    const { config } = domain;
    assert.ok(createServiceTag(os, config, NODE_ID, HASH));
    assert.ok(!createServiceTag(os, config, NODE_ID, HASH));
    createPortTag(os, config, NODE_ID, PORT_ID);
    assert.throws(
      () => createPortTag(os, config, NODE_ID, PORT_ID),
      (error) => error instanceof StorageError && error.code === "AlreadyExists",
    );
  });

  it("are only what has the form of one", () => {
    const directory = fileNames.nodeOwnDirectory(domain.config, NODE_ID);
    const { prefix } = domain;
    mkdirSync(directory, { recursive: true });
    for (const name of [
      `${prefix}node.details`,
      `${prefix}${HASH.slice(1)}.service_tag`,
      `${prefix}${HASH.toUpperCase()}.service_tag`,
      `x${prefix}${HASH}.service_tag`,
      `${HASH}.service_tag`,
      `${prefix}.port_tag`,
      `${prefix}-7.port_tag`,
      `${prefix}0x7.port_tag`,
      `${prefix}${"9".repeat(40)}.port_tag`,
    ]) {
      writeFileSync(`${directory}/${name}`, "");
    }
    assert.deepEqual(listTags(os, domain.config, NODE_ID), { serviceHashes: [], portIds: [] });
  });
});
