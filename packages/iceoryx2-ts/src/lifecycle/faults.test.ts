/** What is left behind when the operating system refuses something while a service and its ports are made. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ServiceBuilder } from "../api/service-builder.ts";
import type { ErrnoName } from "../os/os-error.ts";
import { u64 } from "../payload/scalars.ts";
import { LoanError } from "../port/common/port-errors.ts";
import {
  PublisherCreateError,
  SubscriberCreateError,
} from "../port/publish-subscribe/publish-subscribe-port-errors.ts";
import {
  PublishSubscribeCreateError,
  PublishSubscribeOpenError,
} from "../service/publish-subscribe-errors.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import { FailingOs, mappedObjects, type OsCall, openDescriptors } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { NodeState } from "./node-state.ts";

const TYPED_ERRORS = [
  PublishSubscribeCreateError,
  PublishSubscribeOpenError,
  PublisherCreateError,
  SubscriberCreateError,
  LoanError,
];

const QOS = { historySize: 1, maxPublishers: 2, maxSubscribers: 2 };

/** Everything once: create, open from another node, ports on both sides, a message. */
function useService(node: NodeState, other: NodeState): void {
  const service = new ServiceBuilder(node, "a").publishSubscribe(u64).create(QOS);
  const publisher = service.publisher();
  const subscriber = new ServiceBuilder(other, "a").publishSubscribe(u64).openOrCreate().subscriber();
  publisher.sendCopy(1n);
  // A connection that could not be made is a warning, not an error: then there is no sample.
  subscriber.receive()?.release();
}

function failEverywhere(calls: readonly OsCall[], errno: ErrnoName): void {
  using domain = new TestDomain({
    global: {
      creationTimeout: 0,
      node: { cleanupDeadNodesOnCreation: false, cleanupDeadNodesOnDestruction: false },
    },
  });
  using _log = new LogCapture();
  for (let failAt = 0; ; failAt++) {
    const failing = new FailingOs(calls, errno);
    const node = NodeState.create(failing.os, domain.config, "one");
    const other = NodeState.create(failing.os, domain.config, "two");
    const descriptors = openDescriptors();
    failing.arm(failAt);
    try {
      useService(node, other);
    } catch (error) {
      const isTyped = TYPED_ERRORS.some((type) => error instanceof type);
      assert(isTyped, `failing ${failing.failed}: ${(error as Error).stack}`);
    }
    const failed = `failing ${failing.failed}`;
    failing.arm(0);
    node.close();
    other.close();
    assert.deepEqual(domain.leftovers(), [], failed);
    assert.deepEqual(mappedObjects(domain.prefix), [], failed);
    assert.equal(openDescriptors(), descriptors - 2, failed);
    if (failAt > 0 && failing.failed === undefined) break;
  }
  domain.assertClean();
}

describe("a service with ports leaves nothing behind and throws typed errors when", () => {
  const sets: readonly (readonly [what: string, calls: readonly OsCall[]])[] = [
    ["creating a file or shared memory", ["createExclusive", "shmCreateExclusive", "mkdir"]],
    ["opening a file or shared memory", ["open", "shmOpen"]],
    ["reading or writing a file", ["read", "readAll", "writeAll", "fstat", "fchmod"]],
    ["reserving or mapping memory", ["ftruncate", "fallocate", "map"]],
  ];
  for (const [what, calls] of sets) {
    for (const errno of ["ENOSPC", "EACCES", "EMFILE"] as const) {
      it(`${what} fails with ${errno}`, () => failEverywhere(calls, errno));
    }
  }
});
