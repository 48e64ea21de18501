import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { InvalidNameError } from "../base/general-errors.ts";
import { setLogLevel } from "../base/log.ts";
import { Config } from "../config/config.ts";
import {
  ServiceDetailsError,
  type ServiceDetailsErrorCode,
  ServiceListError,
} from "../lifecycle/service-list-errors.ts";
import { u64 } from "../payload/scalars.ts";
import { MortalNode, ON_DEMAND } from "../recovery/mortal-node.test-support.ts";
import { serviceHash } from "../service/service-hash.ts";
import { inDomain } from "../testing/in-domain.test-support.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import { openDescriptors } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { fileNames, sharedMemoryNames } from "../transport/names.ts";
import { Node } from "./node.ts";
import { Service } from "./service.ts";
import { ServiceBuilder } from "./service-builder.ts";

const HASH = serviceHash("a", "PublishSubscribe");

function namesIn({ config }: TestDomain): string[] {
  return Service.list(config)
    .map(({ staticDetails }) => staticDetails.serviceName)
    .sort();
}

function throwsDetailsError(domain: TestDomain, code: ServiceDetailsErrorCode): void {
  const isExpected = (error: unknown): boolean => {
    assert(error instanceof ServiceDetailsError, String(error));
    assert.equal(error.code, code);
    return true;
  };
  assert.throws(() => Service.details("a", "PublishSubscribe", domain.config), isExpected);
  assert.throws(() => Service.doesExist("a", "PublishSubscribe", domain.config), isExpected);
  assert.deepEqual(namesIn(domain), []);
}

/** Runs a test while the service "a" exists, and brings its file back afterwards. */
function withService(test: (domain: TestDomain, file: string, content: string) => void): () => void {
  return inDomain((node, domain) => {
    using _service = node.service("a").publishSubscribe(u64).create();
    const file = fileNames.staticConfig(domain.config, HASH);
    const content = fs.readFileSync(file, "utf8");
    test(domain, file, content);
    fs.rmSync(file, { recursive: true, force: true });
    fs.writeFileSync(file, content, { mode: 0o400 });
  });
}

function replace(file: string, content: string): void {
  fs.rmSync(file);
  fs.writeFileSync(file, content, { mode: 0o400 });
}

describe("the list of services", () => {
  it("of a domain where nobody ever was is empty", () => {
    using domain = new TestDomain();
    assert.deepEqual(Service.list(domain.config), []);
    assert.equal(Service.doesExist("a", "PublishSubscribe", domain.config), false);
    domain.assertClean();
  });

  it(
    "has every service as long as it is used, with what was fixed and who uses it",
    inDomain((node, domain) => {
      using other = Node.create({ name: "other", config: domain.config });
      using a = node
        .service("a")
        .publishSubscribe(u64)
        .create({ attributes: { zone: ["front", "rear"] } });
      const b = node.service("b").publishSubscribe(u64).create();
      using _opened = other.service("a").publishSubscribe(u64).open();
      assert.deepEqual(namesIn(domain), ["a", "b"]);
      const details = Service.details("a", "PublishSubscribe", domain.config)!;
      assert.deepEqual(details.staticDetails.attributes, a.attributes);
      assert.deepEqual(details.staticDetails.messagingPattern, a.staticConfig);
      assert.equal(details.staticDetails.serviceHash, a.serviceHash);
      assert.deepEqual(
        details.dynamicDetails!.nodes.map(({ id, state, details }) => [id, state, details?.name]),
        [
          [node.id, "Alive", ""],
          [other.id, "Alive", "other"],
        ],
      );
      b.close();
      assert.deepEqual(namesIn(domain), ["a"]);
      other.close();
    }),
  );

  it("shows dead nodes as dead, and cleans nothing up", () => {
    using domain = new TestDomain(ON_DEMAND);
    const mortal = new MortalNode(domain.config);
    new ServiceBuilder(mortal.state, "a").publishSubscribe(u64).create();
    mortal.die();
    const before = domain.leftovers();
    for (const { dynamicDetails } of Service.list(domain.config)) {
      assert.deepEqual(
        dynamicDetails!.nodes.map(({ id, state }) => [id, state]),
        [[mortal.state.id, "Dead"]],
      );
    }
    assert.deepEqual(domain.leftovers(), before);
  });

  it(
    "has nothing of other domains, names and forms",
    inDomain((node, domain) => {
      using _service = node.service("a").publishSubscribe(u64).create();
      const file = fileNames.staticConfig(domain.config, HASH);
      const others = [`${file}x`, file.replace(HASH, "x"), file.replace(domain.prefix, "other_")];
      for (const other of others) fs.copyFileSync(file, other);
      assert.deepEqual(namesIn(domain), ["a"]);
      assert.deepEqual(Service.list(Config.with(domain.config, { global: { prefix: "none_" } })), []);
      for (const other of others) fs.rmSync(other);
    }),
  );

  it(
    "goes on behind services that cannot be read, and says so in the log",
    inDomain((node, domain) => {
      using _a = node.service("a").publishSubscribe(u64).create();
      const broken = fileNames.staticConfig(domain.config, "0".repeat(40));
      fs.writeFileSync(broken, "nonsense", { mode: 0o400 });
      using log = new LogCapture();
      setLogLevel("debug");
      assert.deepEqual(namesIn(domain), ["a"]);
      setLogLevel("warn");
      assert.equal(log.messages.length, 1);
      assert.match(log.messages[0]!, /^debug: .*it is not listed: .*is no static configuration/);
      fs.rmSync(broken);
    }),
  );

  it("is an error where the directory cannot be read", () => {
    using domain = new TestDomain();
    fs.writeFileSync(fileNames.serviceDirectory(domain.config), "no directory");
    assert.throws(
      () => Service.list(domain.config),
      (error) => error instanceof ServiceListError && error.code === "InternalError",
    );
  });
});

describe("the details of a service", () => {
  it(
    "are found by name and pattern, also for iceoryx2's own services",
    inDomain((node, domain) => {
      using _service = node.service("a").publishSubscribe(u64).create();
      assert.equal(Service.doesExist("a", "PublishSubscribe", domain.config), true);
      for (const pattern of ["Event", "RequestResponse", "Blackboard"] as const) {
        assert.equal(Service.doesExist("a", pattern, domain.config), false);
      }
      assert.equal(Service.doesExist("iox2://discovery/services/", "Event", domain.config), false);
      assert.throws(() => Service.details("", "Event", domain.config), InvalidNameError);
    }),
  );

  it(
    "are missing as long as its creator is writing",
    withService((domain, file) => {
      fs.chmodSync(file, 0o600);
      assert.equal(Service.details("a", "PublishSubscribe", domain.config), undefined);
      assert.deepEqual(namesIn(domain), []);
    }),
  );

  it(
    "lack what changes where that is not there or not ready",
    withService((domain) => {
      const { serviceId } = Service.details("a", "PublishSubscribe", domain.config)!.staticDetails;
      const object = `/dev/shm/${sharedMemoryNames.dynamicConfig(domain.config, serviceId)}`;
      fs.chmodSync(object, 0o200);
      assert.equal(Service.details("a", "PublishSubscribe", domain.config)!.dynamicDetails, undefined);
      fs.renameSync(object, `${object}_`);
      assert.equal(Service.details("a", "PublishSubscribe", domain.config)!.dynamicDetails, undefined);
      fs.renameSync(`${object}_`, object);
      fs.chmodSync(object, 0o600);
    }),
  );

  const damages: readonly (readonly [string, ServiceDetailsErrorCode, (content: string) => string])[] = [
    ["no document", "FailedToDeserializeStaticServiceInfo", () => "x = = y"],
    [
      "of another version, whatever else it says",
      "VersionMismatch",
      (content) => `${content.replace("minor = 10", "minor = 11").replace(/max_nodes.*/, "")}`,
    ],
    [
      "without a value that must be there",
      "FailedToDeserializeStaticServiceInfo",
      (content) => content.replace(/max_nodes.*/, ""),
    ],
    [
      "that of another service",
      "ServiceInInconsistentState",
      (content) => content.replace(HASH, serviceHash("b", "PublishSubscribe")),
    ],
  ];
  for (const [name, code, damage] of damages) {
    it(
      `are an error where its file is ${name}`,
      withService((domain, file, content) => {
        assert.notEqual(damage(content), content);
        replace(file, damage(content));
        throwsDetailsError(domain, code);
      }),
    );
  }

  it(
    "are an error where something else stands in the place of its file",
    withService((domain, file) => {
      fs.rmSync(file);
      fs.mkdirSync(file);
      throwsDetailsError(domain, "FailedToOpenStaticServiceInfo");
    }),
  );

  it(
    "are an error where its shared memory is damaged or of another version, and nothing stays open",
    withService((domain) => {
      const { serviceId } = Service.details("a", "PublishSubscribe", domain.config)!.staticDetails;
      const object = `/dev/shm/${sharedMemoryNames.dynamicConfig(domain.config, serviceId)}`;
      const sound = fs.readFileSync(object);
      const descriptors = openDescriptors();
      const pattern = Buffer.from(sound);
      pattern.writeUInt32LE(3, 8);
      fs.writeFileSync(object, pattern);
      throwsDetailsError(domain, "ServiceInInconsistentState");
      const version = Buffer.from(sound);
      version.writeBigUInt64LE(0xb0000n, 0);
      fs.writeFileSync(object, version);
      throwsDetailsError(domain, "VersionMismatch");
      assert.equal(openDescriptors(), descriptors);
      fs.writeFileSync(object, sound);
    }),
  );
});
