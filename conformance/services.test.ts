/** Services, their ports and who uses them, as the other language sees them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytes, type MessagingPatternKind, Node, type PublisherDetails, Service, u64 } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { withDomain } from "./domain.ts";
import type { PeerParticipant } from "./peer-participant.ts";
import { skipWithoutPython } from "./python.ts";

interface ListedService {
  readonly name: string;
  readonly hash: string;
  readonly messaging_pattern: MessagingPatternKind;
  readonly attributes: readonly (readonly [key: string, value: string])[];
  readonly nodes: readonly { readonly state: string; readonly id: bigint }[];
}

type Details = NonNullable<ReturnType<typeof Service.details>>;

/** What we see, in the form of Python's commands. */
function describeOurs({ staticDetails, dynamicDetails }: Details): ListedService {
  return {
    name: staticDetails.serviceName,
    hash: staticDetails.serviceHash,
    messaging_pattern: staticDetails.messagingPattern.kind,
    attributes: staticDetails.attributes.map(({ key, value }) => [key, value]),
    nodes: byId(dynamicDetails!.nodes.map(({ state, id }) => ({ state, id }))),
  };
}

function byId<T extends { readonly id: bigint }>(things: readonly T[]): T[] {
  return things.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function byHash(services: readonly ListedService[]): ListedService[] {
  return services.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
}

function listOurs({ config }: TestDomain): ListedService[] {
  return byHash(Service.list(config).map(describeOurs));
}

async function listTheirs({ peer, node }: PeerParticipant): Promise<ListedService[]> {
  const services = await peer.request<ListedService[]>("service_list", { node });
  return byHash(services.map((service) => ({ ...service, nodes: byId(service.nodes) })));
}

describe("services", { skip: skipWithoutPython }, () => {
  test("of all patterns are the same in both lists", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      await theirs.peer.request("occupy", { node: theirs.node });
      using node = Node.create({ config: domain.config, signals: "ignore" });
      using _opened = node.service("all of fixed").publishSubscribe(u64).open();
      using _own = node
        .service("ours")
        .publishSubscribe(u64)
        .create({ attributes: { b: "2", a: ["3", "1"] } });
      const ours = listOurs(domain);
      assert.deepEqual(await listTheirs(theirs), ours);
      const patterns = ours.map(({ messaging_pattern }) => messaging_pattern).sort();
      assert.deepEqual(patterns, [
        "Blackboard",
        "Event",
        "PublishSubscribe",
        "PublishSubscribe",
        "PublishSubscribe",
        "RequestResponse",
      ]);
      const shared = ours.find(({ name }) => name === "all of fixed")!;
      assert.deepEqual(new Set(shared.nodes.map(({ id }) => id)), new Set([node.id, theirs.id]));
      assert.deepEqual(shared.attributes, [["color", "red"]]);
    }));

  test("are found one by one with the same details", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      const { peer } = theirs;
      await peer.request("occupy", { node: theirs.node });
      for (const { name, messaging_pattern: pattern } of listOurs(domain)) {
        const query = { node: theirs.node, name, pattern };
        const details = await peer.request<ListedService | null>("service_details", query);
        assert.deepEqual(describeOurs(Service.details(name, pattern, domain.config)!), details);
      }
      for (const [name, pattern] of [
        ["all of fixed", "PublishSubscribe"],
        ["all of fixed", "Event"],
        ["all of events", "Event"],
        ["nothing", "Blackboard"],
      ] as const) {
        const theirAnswer = await peer.request("service_does_exist", { node: theirs.node, name, pattern });
        assert.equal(Service.doesExist(name, pattern, domain.config), theirAnswer, `${name} ${pattern}`);
      }
    }));

  test("of a killed process show its node as dead until it is cleaned up", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      using node = Node.create({ config: domain.config, signals: "ignore" });
      using service = node.service("a service").publishSubscribe(u64).create();
      await (await theirs.service("open", u64)).publisher();
      await theirs.peer.kill();
      const states = (): unknown => service.nodes().map(({ id, state }) => [id, state]);
      assert.deepEqual(states(), [
        [node.id, "Alive"],
        [theirs.id, "Dead"],
      ]);
      assert.deepEqual(describeOurs(Service.list(domain.config)[0]!).nodes.length, 2);
      service.tryCleanupDeadNodes();
      assert.deepEqual(states(), [[node.id, "Alive"]]);
      assert.deepEqual(service.publishers(), []);
    }));
});

describe("the ports of Python", { skip: skipWithoutPython }, () => {
  test("are listed by us with what upstream writes about them", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      using node = Node.create({ config: domain.config, signals: "ignore" });
      const qos = { historySize: 3, subscriberMaxBufferSize: 4, maxSubscribers: 2 };
      using service = node.service("a service").publishSubscribe(bytes).create(qos);
      const opened = await theirs.service("open", bytes);
      const fixed = await opened.publisher({ name: "fixed", maxLoanedSamples: 5, initialMaxSliceLen: 64 });
      const growing = await opened.publisher({ ...{ allocationStrategy: "PowerOfTwo" }, name: "growing" });
      const subscriber = await opened.subscriber({ name: "reader", bufferSize: 2, historyRequest: 1 });
      const samples = 2 * (4 + 2) + 3;
      const expected: PublisherDetails[] = [
        {
          portId: fixed.id,
          portName: "fixed",
          nodeId: theirs.id,
          numberOfSamples: samples + 5,
          maxSliceLen: 64,
          dataSegmentType: "Static",
          maxNumberOfSegments: 1,
        },
        {
          portId: growing.id,
          portName: "growing",
          nodeId: theirs.id,
          numberOfSamples: samples + 2,
          maxSliceLen: 1,
          dataSegmentType: "Dynamic",
          maxNumberOfSegments: 255,
        },
      ];
      assert.deepEqual(service.publishers(), expected);
      assert.deepEqual(service.subscribers(), [
        { portId: subscriber.id, portName: "reader", nodeId: theirs.id, bufferSize: 2, historyRequest: 1 },
      ]);
      await fixed.close();
      assert.deepEqual(
        service.publishers().map(({ portName }) => portName),
        ["growing"],
      );
    }));
});
