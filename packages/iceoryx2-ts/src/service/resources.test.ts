import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { hostOs } from "../os/host.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { fileNames } from "../transport/names.ts";
import { createStaticStorage } from "../transport/static-storage.ts";
import { DynamicConfig } from "./dynamic-config.ts";
import { SAMPLE_HEADER_DETAIL } from "./publish-subscribe.ts";
import { removeService } from "./resources.ts";
import { serviceHash } from "./service-hash.ts";
import { type StaticConfig, SUPPORTED_VERSION, writeStaticConfig } from "./static-config.ts";

function staticConfig(serviceId: bigint): StaticConfig {
  return {
    version: SUPPORTED_VERSION,
    serviceHash: serviceHash("a", "PublishSubscribe"),
    serviceName: "a",
    serviceId,
    attributes: [],
    messagingPattern: {
      kind: "PublishSubscribe",
      maxSubscribers: 1,
      maxPublishers: 1,
      maxNodes: 1,
      historySize: 0,
      subscriberMaxBufferSize: 1,
      subscriberMaxBorrowedSamples: 1,
      enableSafeOverflow: true,
      messageTypeDetails: {
        header: SAMPLE_HEADER_DETAIL,
        userHeader: { variant: "FixedSize", typeName: "()", size: 0, alignment: 1 },
        payload: { variant: "FixedSize", typeName: "u64", size: 8, alignment: 8 },
      },
    },
  };
}

/** The files of a service without any node. */
function createService(domain: TestDomain, config: StaticConfig): string {
  const path = fileNames.staticConfig(domain.config, config.serviceHash);
  createStaticStorage(hostOs(), path, new TextEncoder().encode(writeStaticConfig(config)));
  const { serviceId, messagingPattern } = config;
  DynamicConfig.create(hostOs(), domain.config, serviceId, messagingPattern, () => {}).close();
  return path;
}

describe("the removal of a service", () => {
  it("takes both of its configurations", () => {
    using domain = new TestDomain();
    const config = staticConfig(5n);
    createService(domain, config);
    assert.equal(domain.leftovers().length, 2);
    removeService(hostOs(), domain.config, config);
    domain.assertClean();
  });

  it("leaves a successor of the same name alone", () => {
    using domain = new TestDomain();
    const path = createService(domain, staticConfig(6n));
    removeService(hostOs(), domain.config, staticConfig(5n));
    assert.equal(domain.leftovers().length, 2);
    assert(fs.existsSync(path));
  });

  it("leaves a successor alone that is just being created", () => {
    using domain = new TestDomain();
    const path = createService(domain, staticConfig(5n));
    fs.chmodSync(path, 0o600);
    removeService(hostOs(), domain.config, staticConfig(5n));
    assert.deepEqual(domain.leftovers(), [path]);
  });

  it("is content with a service that is half gone or gone", () => {
    using domain = new TestDomain();
    const config = staticConfig(5n);
    const path = createService(domain, config);
    fs.rmSync(path);
    removeService(hostOs(), domain.config, config);
    domain.assertClean();
    removeService(hostOs(), domain.config, config);
  });
});
