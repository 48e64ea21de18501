import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { DocumentError } from "../config/toml-codec.ts";
import { serviceHash } from "./service-hash.ts";
import {
  readStaticConfig,
  type StaticConfig,
  SUPPORTED_VERSION,
  writeStaticConfig,
} from "./static-config.ts";

const goldenDirectory = new URL("src/service/golden/", import.meta.resolve("iceoryx2-ts/package.json"));

/** A document of a real 0.10.0 peer; `golden/make.py` shows how each was made. */
function golden(name: string): string {
  return fs.readFileSync(new URL(`${name}.toml`, goldenDirectory), "utf8");
}

const fixed = (typeName: string, size: number, alignment: number) =>
  ({ variant: "FixedSize", typeName, size, alignment }) as const;
const dynamic = (typeName: string, size: number, alignment: number) =>
  ({ variant: "Dynamic", typeName, size, alignment }) as const;

const unit = fixed("()", 0, 1);
const transmissionData = fixed("TransmissionData", 16, 8);
const sampleHeader = fixed("iceoryx2::service::header::publish_subscribe::Header", 48, 8);
const requestHeader = fixed("iceoryx2::service::header::request_response::RequestHeader", 64, 8);
const responseHeader = fixed("iceoryx2::service::header::request_response::ResponseHeader", 56, 8);

/** What `golden/make.py` asked the peer for. The parts that differ in each run are not here. */
const goldenServices: Readonly<
  Record<string, Pick<StaticConfig, "serviceName" | "attributes" | "messagingPattern">>
> = {
  "publish-subscribe": {
    serviceName: "My/Funk/ServiceName",
    attributes: [],
    messagingPattern: {
      kind: "PublishSubscribe",
      maxSubscribers: 8,
      maxPublishers: 2,
      maxNodes: 20,
      historySize: 0,
      subscriberMaxBufferSize: 2,
      subscriberMaxBorrowedSamples: 2,
      enableSafeOverflow: true,
      messageTypeDetails: { header: sampleHeader, userHeader: unit, payload: fixed("u64", 8, 8) },
    },
  },
  "publish-subscribe-custom": {
    serviceName: "Camera/Front",
    attributes: [
      { key: "dds", value: "reliable" },
      { key: "q\"uo'te", value: "a\\b\nc\td\u007f" },
      { key: "zone", value: "front" },
      { key: "zone", value: "rear" },
    ],
    messagingPattern: {
      kind: "PublishSubscribe",
      maxSubscribers: 5,
      maxPublishers: 3,
      maxNodes: 7,
      historySize: 11,
      subscriberMaxBufferSize: 13,
      subscriberMaxBorrowedSamples: 17,
      enableSafeOverflow: false,
      messageTypeDetails: {
        header: sampleHeader,
        userHeader: transmissionData,
        payload: dynamic("TransmissionData", 16, 64),
      },
    },
  },
  event: {
    serviceName: "My/Funk/ServiceName",
    attributes: [],
    messagingPattern: {
      kind: "Event",
      maxNotifiers: 16,
      maxListeners: 16,
      maxNodes: 36,
      eventIdMaxValue: 255,
      deadline: undefined,
      notifierCreatedEvent: undefined,
      notifierDroppedEvent: undefined,
      notifierDeadEvent: undefined,
    },
  },
  "request-response": {
    serviceName: "My/Funk/ServiceName",
    attributes: [],
    messagingPattern: {
      kind: "RequestResponse",
      enableSafeOverflowForRequests: true,
      enableSafeOverflowForResponses: true,
      enableFireAndForgetRequests: true,
      maxActiveRequestsPerClient: 4,
      maxLoanedRequests: 2,
      maxResponseBufferSize: 2,
      maxServers: 2,
      maxClients: 8,
      maxNodes: 20,
      maxBorrowedResponsesPerPendingResponse: 2,
      requestMessageTypeDetails: { header: requestHeader, userHeader: unit, payload: fixed("u64", 8, 8) },
      responseMessageTypeDetails: { header: responseHeader, userHeader: unit, payload: transmissionData },
    },
  },
  "request-response-custom": {
    serviceName: "calculator",
    attributes: [{ key: "dialect", value: "v2" }],
    messagingPattern: {
      kind: "RequestResponse",
      enableSafeOverflowForRequests: false,
      enableSafeOverflowForResponses: false,
      enableFireAndForgetRequests: false,
      maxActiveRequestsPerClient: 3,
      maxLoanedRequests: 5,
      maxResponseBufferSize: 7,
      maxServers: 9,
      maxClients: 11,
      maxNodes: 13,
      maxBorrowedResponsesPerPendingResponse: 15,
      requestMessageTypeDetails: {
        header: requestHeader,
        userHeader: transmissionData,
        payload: dynamic("u8", 1, 32),
      },
      responseMessageTypeDetails: {
        header: responseHeader,
        userHeader: fixed("u32", 4, 4),
        payload: dynamic("u16", 2, 2),
      },
    },
  },
  blackboard: {
    serviceName: "My/Funk/ServiceName",
    attributes: [{ key: "kind", value: "board" }],
    messagingPattern: {
      kind: "Blackboard",
      maxReaders: 3,
      maxWriters: 1,
      maxNodes: 5,
      typeDetails: fixed("BlackboardKey", 16, 8),
    },
  },
};

const oddNames: Readonly<Record<string, string>> = {
  quotes: 'say "hello"',
  apostrophe: "it's",
  "both-quotes": '"it\'s" \'\'\'"""',
  newlines: "\nfirst\nsecond\r\nthird\n",
  tab: "left\tright",
  backslash: "C:\\temp\\new",
  controls: "\u0001\b\v\f\u001b\u001f\u007f",
  spaces: "  leading and trailing  ",
  longest: "x".repeat(255),
};

describe("static configurations of a real peer", () => {
  for (const [name, expected] of Object.entries(goldenServices)) {
    it(`${name} is read completely`, () => {
      const { version, serviceHash: hash, serviceId, ...rest } = readStaticConfig(golden(name));
      assert.deepEqual(rest, expected);
      assert.deepEqual(version, SUPPORTED_VERSION);
      assert.equal(hash, serviceHash(expected.serviceName, expected.messagingPattern.kind));
      const ids = parse(golden(name), { integersAsBigInt: true })["unique_service_id"];
      assert.deepEqual(
        { ...(ids as object) },
        {
          payload_value: BigInt.asUintN(64, serviceId),
          unique_value: serviceId >> 64n,
        },
      );
    });
  }

  it("event-custom is read completely", () => {
    const { serviceName, attributes, messagingPattern } = readStaticConfig(golden("event-custom"));
    assert.equal(serviceName, "alarms");
    assert.deepEqual(attributes, [{ key: "priority", value: "high" }]);
    assert.ok(messagingPattern.kind === "Event");
    const { deadline, ...rest } = messagingPattern;
    assert.deepEqual(rest, {
      kind: "Event",
      maxNotifiers: 3,
      maxListeners: 5,
      maxNodes: 7,
      eventIdMaxValue: 4096,
      notifierCreatedEvent: 4,
      notifierDroppedEvent: 5,
      notifierDeadEvent: 6,
    });
    assert.equal(deadline?.value, 1500.000_001);
    assert.equal(deadline?.creationTime.clockType, "Monotonic");
    assert.match(golden("event-custom"), new RegExp(`seconds = ${deadline?.creationTime.seconds}\n`));
    assert.match(golden("event-custom"), new RegExp(`nanoseconds = ${deadline?.creationTime.nanoseconds}\n`));
  });

  for (const [name, serviceName] of Object.entries(oddNames)) {
    it(`name-${name} has the name that it was created with`, () => {
      const config = readStaticConfig(golden(`name-${name}`));
      assert.equal(config.serviceName, serviceName);
      assert.equal(config.serviceHash, serviceHash(serviceName, "PublishSubscribe"));
    });
  }

  for (const file of fs.readdirSync(goldenDirectory).filter((name) => name.endsWith(".toml"))) {
    it(`${file} is written as the peer wrote it`, () => {
      const text = golden(file.replace(".toml", ""));
      const written = writeStaticConfig(readStaticConfig(text));
      assert.deepEqual(parse(written, { integersAsBigInt: true }), parse(text, { integersAsBigInt: true }));
      assert.deepEqual(readStaticConfig(written), readStaticConfig(text));
    });
  }
});

const ascii = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code)),
    minLength,
    maxLength,
  });

describe("static configurations", () => {
  const base = readStaticConfig(golden("publish-subscribe"));

  it("keep every name and id", () => {
    const varied = fc.record({
      serviceName: ascii(1, 255),
      serviceId: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      attributes: fc.array(
        fc.record({ key: ascii(1, 64), value: ascii(1, 256) }, { noNullPrototype: true }),
        { maxLength: 8 },
      ),
    });
    fc.assert(
      fc.property(varied, (values) => {
        const config: StaticConfig = { ...base, ...values };
        assert.deepEqual(readStaticConfig(writeStaticConfig(config)), config);
      }),
    );
  });

  it("are never read as something else than what they are", () => {
    const document = golden("event-custom");
    const edit = fc.record({
      at: fc.nat(document.length),
      remove: fc.nat(40),
      insert: fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom("\n", '"', "[", "= -1", "= 1e9", "[[a]]"),
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let damaged = document;
        for (const { at, remove, insert } of edits) {
          damaged = damaged.slice(0, at) + insert + damaged.slice(at + remove);
        }
        try {
          const config = readStaticConfig(damaged);
          assert.deepEqual(readStaticConfig(writeStaticConfig(config)), config);
        } catch (error) {
          if (!(error instanceof DocumentError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  const rejected: readonly [what: string, line: RegExp, replacement: string, message: RegExp][] = [
    ["an empty name", /service_name = .*/, 'service_name = ""', /service_name: .*is empty/],
    [
      "a name that is not ASCII",
      /service_name = .*/,
      'service_name = "\u00e9"',
      /service_name: .*position 0/,
    ],
    ["a hash that is a path", /service_hash = .*/, 'service_hash = "a/b"', /service_hash: /],
    ["no attributes", /attributes = \[\]/, "", /attributes is missing/],
    [
      "an id that is no u64",
      /unique_value = .*/,
      "unique_value = -1",
      /unique_service_id\.unique_value is -1/,
    ],
    ["a version that is no u16", /minor = 10/, "minor = 65536", /iceoryx2_version\.minor is 65536/],
    ["a negative count", /max_nodes = .*/, "max_nodes = -1", /PublishSubscribe\.max_nodes is -1/],
    ["more than memory can hold", /max_nodes = .*/, "max_nodes = 16777217", /from 0 to 16777216/],
    ["a size beyond reason", /size = 48/, "size = 1099511627777", /header\.size is 1099511627777/],
    ["an alignment of zero", /alignment = 1$/m, "alignment = 0", /user_header\.alignment is 0.*power of two/],
    ["an odd alignment", /alignment = 1$/m, "alignment = 3", /alignment is 3.*power of two/],
    ["an unknown variant", /"FixedSize"/, '"Sized"', /variant is "Sized"/],
    ["an unknown pattern", /PublishSubscribe/g, "Mail", /messaging_pattern is "Mail"/],
    [
      "two patterns",
      /$/,
      "\n[messaging_pattern.Event]\n",
      /messaging_pattern is a table, it must be a table with one key/,
    ],
    ["a truncated document", /\[messaging_pattern[\s\S]*/, "", /messaging_pattern is missing/],
  ];
  for (const [what, line, replacement, message] of rejected) {
    it(`with ${what} are rejected`, () => {
      const damaged = golden("publish-subscribe").replace(line, replacement);
      assert.notEqual(damaged, golden("publish-subscribe"));
      assert.throws(
        () => readStaticConfig(damaged),
        (error) => error instanceof DocumentError && message.test(error.message),
      );
    });
  }

  it("with more than eight attributes are rejected", () => {
    const attributes = '[[attributes]]\nkey = "a"\nvalue = "b"\n'.repeat(9);
    const damaged = golden("publish-subscribe").replace("attributes = []", "") + attributes;
    assert.throws(() => readStaticConfig(damaged), /attributes is a list of 9 elements/);
  });
});
