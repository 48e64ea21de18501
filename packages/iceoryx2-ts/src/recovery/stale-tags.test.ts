/** Tags of a dead node that name nothing any more: a process may die after it removed what a tag names. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { Node } from "../api/node.ts";
import { ServiceBuilder } from "../api/service-builder.ts";
import { createPortTag, createServiceTag } from "../node/tags.ts";
import { hostOs } from "../os/host.ts";
import { u64 } from "../payload/scalars.ts";
import { serviceHash } from "../service/service-hash.ts";
import { inDomain } from "../testing/in-domain.test-support.ts";
import { MortalNode, ON_DEMAND } from "./mortal-node.test-support.ts";

const TAGS = 10;

it(
  "tags that name nothing keep no dead node from being cleaned up, with and without a service that exists",
  inDomain((node, { config }) => {
    const service = node.service("shared").publishSubscribe(u64).create();
    const mortals = [new MortalNode(config), new MortalNode(config)];
    new ServiceBuilder(mortals[0]!.state, "shared").publishSubscribe(u64).open();
    for (const [index, { state }] of mortals.entries()) {
      for (let tag = 0; tag < TAGS; tag++) {
        createServiceTag(hostOs(), config, state.id, serviceHash(`gone ${tag}`, "PublishSubscribe"));
        createPortTag(hostOs(), config, state.id, BigInt(1000 * (index + 1) + tag));
      }
    }
    for (const mortal of mortals) mortal.die();
    assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 2, failedCleanups: 0 });
    assert.deepEqual(
      Node.list(config).map(({ id }) => id),
      [node.id],
    );
    assert.deepEqual(
      service.nodes().map(({ id }) => id),
      [node.id],
    );
  }, ON_DEMAND),
);
