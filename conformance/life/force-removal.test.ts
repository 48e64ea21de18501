/** Services that are removed by force, whatever their state and whoever uses them. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { type MessagingPatternKind, Node, u64 } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { Peer, type PeerPort } from "../peer.ts";
import { skipWithoutPython } from "../python.ts";
import { assertNothingIsLeft } from "./scenarios.ts";

describe("a service that is removed by force", () => {
  test("is gone at once for those who come, and its users do not take the successor with them", () => {
    using domain = new TestDomain();
    using node = Node.create({ config: domain.config, signals: "ignore" });
    using other = Node.create({ config: domain.config, signals: "ignore" });
    const verbs = node.service("a service").publishSubscribe(u64);
    assert.equal(node.forceRemoveService("a service", "PublishSubscribe"), false);
    const old = verbs.create();
    old.subscriber();
    assert.equal(node.forceRemoveService("a service", "Event"), false);
    assert.equal(other.forceRemoveService("a service", "PublishSubscribe"), true);
    assert.equal(other.forceRemoveService("a service", "PublishSubscribe"), false);

    const theirs = other.service("a service").publishSubscribe(u64);
    assert.throws(() => theirs.open(), { code: "DoesNotExist" });
    const successor = theirs.create();
    node.close();
    const subscriber = successor.subscriber();
    assert.equal(successor.publisher().sendCopy(1n), 1);
    assert.equal(subscriber.receive()?.payload, 1n);
    other.close();
    assertNothingIsLeft(domain, "after both");
  });

  test("may be half built or damaged", () => {
    for (const [mode, content] of [
      [0o600, ""],
      [0o400, "nonsense = ["],
    ] as const) {
      using domain = new TestDomain({ global: { creationTimeout: 20 } });
      using node = Node.create({ config: domain.config, signals: "ignore" });
      const service = node.service("a service").publishSubscribe(u64).create();
      const file = `${domain.prefix}${service.serviceHash}.service`;
      service.close();
      mkdirSync(`${domain.rootPath}services`, { recursive: true });
      writeFileSync(`${domain.rootPath}services/${file}`, content, { mode });
      assert.equal(node.forceRemoveService("a service", "PublishSubscribe"), true);
      node.service("a service").publishSubscribe(u64).create();
      node.close();
      assertNothingIsLeft(domain, `with mode ${mode.toString(8)}`);
    }
  });

  test("may be Python's and of any pattern", { skip: skipWithoutPython }, async () => {
    using domain = new TestDomain();
    const { config, prefix, rootPath } = domain;
    await using peer = await Peer.start();
    const { handle } = await peer.request<PeerPort>("node_create", { prefix, root_path: rootPath });
    await peer.request("occupy", { node: handle });
    using node = Node.create({ config, signals: "ignore" });
    const services: readonly (readonly [string, MessagingPatternKind])[] = [
      ["all of fixed", "PublishSubscribe"],
      ["all of slices", "PublishSubscribe"],
      ["all of events", "Event"],
      ["all of requests", "RequestResponse"],
      ["all of blackboard", "Blackboard"],
    ];
    const before = await peer.request<unknown[]>("service_list", { node: handle });
    assert.equal(before.length, services.length);
    for (const [name, pattern] of services) {
      assert.equal(node.forceRemoveService(name, pattern), true, name);
      assert.equal(node.forceRemoveService(name, pattern), false, name);
    }
    assert.deepEqual(await peer.request("service_list", { node: handle }), []);
    const ofServices = /\.(service|dynamic|blackboard_mgmt|blackboard_data)$/;
    assert.deepEqual(
      domain.leftovers().filter((name) => ofServices.test(name)),
      [],
    );
    // Its ports still belong to the node that lives, and go with it.
    await peer.close();
    node.close();
    assertNothingIsLeft(domain, "after the peer");
  });
});
