import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { it } from "node:test";
import { Node } from "../api/node.ts";
import { removeMonitoringToken } from "../node/monitoring-token.ts";
import { hostOs } from "../os/host.ts";
import { u64 } from "../payload/scalars.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { fileNames } from "../transport/names.ts";

it("a port whose node vanished does not keep its place", () => {
  using domain = new TestDomain();
  const { config } = domain;
  using node = Node.create({ config, signals: "ignore" });
  using vanishing = Node.create({ config, signals: "ignore" });
  const service = node.service("a").publishSubscribe(u64).create({ maxPublishers: 1 });
  vanishing.service("a").publishSubscribe(u64).open().publisher();
  assert.throws(() => service.publisher(), { code: "ExceedsMaxSupportedPublishers" });

  removeMonitoringToken(hostOs(), config, vanishing.id);
  rmSync(fileNames.nodeOwnDirectory(config, vanishing.id), { recursive: true });
  assert.equal(service.publisher().sendCopy(1n), 0);
});
