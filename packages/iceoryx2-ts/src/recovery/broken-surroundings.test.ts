/**
 * Something else stands where a file or a shared memory object of a peer should be, alive or dead. Whatever is tried
 * then either works or fails with a typed error, leaves nothing of its own behind and does no harm to strangers.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { ServiceBuilder } from "../api/service-builder.ts";
import { Iox2Error } from "../base/iox2-error.ts";
import { u64 } from "../payload/scalars.ts";
import { serviceHash } from "../service/service-hash.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import { mappedObjects, openDescriptors } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { fileNames, sharedMemoryNames } from "../transport/names.ts";
import { MortalNode, ON_DEMAND } from "./mortal-node.test-support.ts";

const HASH = serviceHash("a", "PublishSubscribe");
const PRECIOUS = "what a user would not like to lose";

/** A node with everything, and where that lies. */
interface Peer {
  readonly node: MortalNode;
  readonly nodeId: bigint;
  readonly publisherId: bigint;
  readonly subscriberId: bigint;
}

function createPeer({ config }: TestDomain): Peer {
  const node = new MortalNode(config);
  const service = new ServiceBuilder(node.state, "a").publishSubscribe(u64).create();
  const publisher = service.publisher();
  const subscriber = service.subscriber();
  publisher.sendCopy(1n);
  return { node, nodeId: node.state.id, publisherId: publisher.id, subscriberId: subscriber.id };
}

const shared = (name: string): string => `/dev/shm/${name}`;

const TARGETS: Readonly<Record<string, (domain: TestDomain, peer: Peer) => string>> = {
  "the counter of nodes": ({ config }) => shared(sharedMemoryNames.globalManagement(config)),
  "a node's details": ({ config }, { nodeId }) => fileNames.nodeDetails(config, nodeId),
  "a node's monitor": ({ config }, { nodeId }) => fileNames.nodeMonitor(config, nodeId),
  "a node's owner lock": ({ config }, { nodeId }) => fileNames.nodeOwnerLock(config, nodeId),
  "a node's context": ({ config }, { nodeId }) => fileNames.nodeContext(config, nodeId),
  "a service tag": ({ config }, { nodeId }) => fileNames.serviceTag(config, nodeId, HASH),
  "a port tag": ({ config }, { nodeId, publisherId }) => fileNames.portTag(config, nodeId, publisherId),
  "a static configuration": ({ config }) => fileNames.staticConfig(config, HASH),
  "a dynamic configuration": (domain) =>
    shared(domain.leftovers().find((name) => name.endsWith(".dynamic"))!),
  "a data segment": ({ config }, { publisherId }) =>
    shared(sharedMemoryNames.dataSegment(config, publisherId)),
  "a connection": ({ config }, { publisherId, subscriberId }) =>
    shared(sharedMemoryNames.connection(config, publisherId, subscriberId)),
};

/** What is put into the place of a file with this content. */
const DAMAGES: Readonly<Record<string, (file: string, content: Buffer, stranger: string) => void>> = {
  "is missing": () => {},
  "is empty": (file) => write(file, Buffer.alloc(0)),
  "is cut off": (file, content) => write(file, content.subarray(0, content.length / 2)),
  "is all zero": (file, content) => write(file, Buffer.alloc(content.length)),
  "is something else": (file) => write(file, Buffer.from("\u0001nonsense = [".repeat(500))),
  "is of another version": (file, content) => {
    const text = content.toString("latin1").replace("minor = 10", "minor = 11");
    const changed = Buffer.from(text, "latin1");
    if (file.startsWith("/dev/shm/")) changed.writeUInt16LE(11, 2);
    write(file, changed);
  },
  "is still being made": (file, content) => {
    write(file, content);
    fs.chmodSync(file, file.startsWith("/dev/shm/") || file.includes("monitor") ? 0o200 : 0o600);
  },
  "is a directory": (file) => fs.mkdirSync(file),
  "is a full directory": (file) => fs.mkdirSync(path.join(file, "child"), { recursive: true }),
  "is a link to a stranger's file": (file, _content, stranger) => fs.symlinkSync(stranger, file),
  "is a link to nothing": (file) => fs.symlinkSync(`${file}-nothing`, file),
  "is a link to itself": (file) => fs.symlinkSync(file, file),
  "is a pipe": (file) => void execFileSync("mkfifo", [file]),
};

function write(file: string, content: Buffer): void {
  fs.writeFileSync(file, content);
  fs.chmodSync(file, file.startsWith("/dev/shm/") || file.includes("node_monitor") ? 0o600 : 0o400);
}

/** @returns what it returned, if it did. @throws whatever is no typed error with a message that names its subject. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Iox2Error)) throw error;
    assert.match(error.message, /^(cannot|node|service|publisher|subscriber) .*: .+/s);
    return undefined;
  }
}

/** Everything that a newcomer can do. */
function exercise({ config }: TestDomain): void {
  attempt(() => Node.list(config));
  const node = attempt(() => Node.create({ config, signals: "ignore" }));
  if (node === undefined) return;
  attempt(() => node.tryCleanupDeadNodes());
  const verbs = node.service("a").publishSubscribe(u64);
  for (const verb of ["create", "open", "openOrCreate"] as const) {
    const service = attempt(() => verbs[verb]());
    const subscriber = attempt(() => service?.subscriber());
    const publisher = attempt(() => service?.publisher());
    attempt(() => publisher?.sendCopy(2n));
    for (let i = 0; i < 3; i++) attempt(() => subscriber?.receive()?.release());
    attempt(() => service?.tryCleanupDeadNodes());
    service?.close();
    subscriber?.close();
    publisher?.close();
  }
  attempt(() => node.forceRemoveService("a", "PublishSubscribe"));
  node.close();
}

/** Without them nothing leads to what a dead peer left; for half a token its process, ours, must have gone as well. */
const SIGNPOSTS = [
  "a node's monitor",
  "a node's owner lock",
  "a node's context",
  "a port tag",
  "a static configuration",
];

/** What the peer left can be removed as soon as its strange file has gone. */
function assertAllCanBeRemoved(domain: TestDomain, stranger: string): void {
  const node = Node.create({ config: domain.config, signals: "ignore" });
  assert.equal(node.tryCleanupDeadNodes().failedCleanups, 0);
  node.forceRemoveService("a", "PublishSubscribe");
  node.close();
  assert.deepEqual(domain.leftovers(), [stranger]);
}

describe("a newcomer copes with a peer whose", () => {
  for (const [target, locate] of Object.entries(TARGETS)) {
    for (const [damage, inflict] of Object.entries(DAMAGES)) {
      it(`${target.replace(/^an? (node's )?|^the /, "")} ${damage}`, () => {
        for (const isDead of [false, true]) {
          using domain = new TestDomain(ON_DEMAND);
          using _log = new LogCapture();
          const stranger = path.join(domain.rootPath, "stranger");
          fs.writeFileSync(stranger, PRECIOUS);
          const peer = createPeer(domain);
          const file = locate(domain, peer);
          const content = fs.readFileSync(file);
          fs.rmSync(file);
          inflict(file, content, stranger);
          if (isDead) peer.node.die();
          const before = new Set(domain.leftovers());
          const descriptors = openDescriptors();
          const mapped = mappedObjects(domain.prefix).length;

          exercise(domain);
          const added = domain.leftovers().filter((name) => !before.has(name));
          assert.deepEqual(added, [], isDead ? "dead" : "alive");
          assert.equal(openDescriptors(), descriptors);
          assert(mappedObjects(domain.prefix).length <= mapped);
          assert.equal(fs.readFileSync(stranger, "utf8"), PRECIOUS);
          peer.node.die();
          fs.rmSync(file, { recursive: true, force: true });
          if (!SIGNPOSTS.includes(target)) assertAllCanBeRemoved(domain, stranger);
        }
      });
    }
  }
});
