/** A request-response service of a real peer, as `transport/golden/make_request_response.py` made it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Config } from "../config/config.ts";
import { hostOs } from "../os/host.ts";
import type { TypeDetail } from "../payload/type-detail.ts";
import { TestDomain } from "../testing/test-domain.ts";
import {
  assertSameBytes,
  goldenBytes,
  goldenNames,
  idsIn,
  revive,
} from "../transport/golden.test-support.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { requireAttributes } from "./attributes.ts";
import { DynamicConfig } from "./dynamic-config.ts";
import { type RequestResponseQos, RequestResponseRequest } from "./request-response.ts";
import { numberOfRequests, numberOfResponses } from "./request-response-capacities.ts";
import {
  type ClientDetails,
  readClientDetails,
  readServerDetails,
  type ServerDetails,
  writeClientDetails,
  writeServerDetails,
} from "./request-response-port-details.ts";
import { readStaticConfig } from "./static-config.ts";

const os = hostOs();
const detail = (typeName: string, size: number, alignment: number): TypeDetail => {
  return { variant: "FixedSize", typeName, size, alignment };
};
const TRANSMISSION_DATA = detail("TransmissionData", 16, 8);

interface Types {
  readonly requestPayload: TypeDetail;
  readonly requestUserHeader?: TypeDetail;
  readonly responsePayload: TypeDetail;
  readonly responseUserHeader?: TypeDetail;
}

function request(types: Types, qos: RequestResponseQos): RequestResponseRequest {
  const requirements = requireAttributes();
  const config = Config.default();
  return new RequestResponseRequest({
    serviceName: "a",
    config,
    qos,
    attributes: [],
    requirements,
    ...types,
  });
}

describe("the static configuration of a peer's request-response service", () => {
  const directory = new URL("src/service/golden/", import.meta.resolve("iceoryx2-ts/package.json"));
  const golden = (name: string): unknown =>
    readStaticConfig(readFileSync(new URL(`${name}.toml`, directory), "utf8")).messagingPattern;

  it("is ours with the same defaults", () => {
    const types = { requestPayload: detail("u64", 8, 8), responsePayload: TRANSMISSION_DATA };
    assert.deepEqual(request(types, {}).toCreate(), golden("request-response"));
  });

  it("is ours with the same settings and types", () => {
    const types: Types = {
      requestPayload: { variant: "Dynamic", typeName: "u8", size: 1, alignment: 32 },
      requestUserHeader: TRANSMISSION_DATA,
      responsePayload: { variant: "Dynamic", typeName: "u16", size: 2, alignment: 2 },
      responseUserHeader: detail("u32", 4, 4),
    };
    const qos: RequestResponseQos = {
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
    };
    assert.deepEqual(request(types, qos).toCreate(), golden("request-response-custom"));
  });
});

function assertSameEntry(ours: Uint8Array, golden: Uint8Array, portName: string): void {
  assertSameBytes(ours, golden, [
    [16 + portName.length, 64 + 8 - portName.length, "what follows the name"],
    [141, 3, "padding"],
  ]);
}

describe("the ports of a peer's request-response service", () => {
  const names = goldenNames("request-response-names");
  const [clientId] = idsIn(names["request-data"]!) as [bigint];
  const [serverId] = idsIn(names["response-data"]!) as [bigint];
  const qos = {
    maxServers: 3,
    maxClients: 2,
    maxNodes: 5,
    maxActiveRequestsPerClient: 2,
    maxLoanedRequests: 7,
    maxResponseBufferSize: 3,
    maxBorrowedResponsesPerPendingResponse: 4,
  };
  const types = { requestPayload: detail("u16", 2, 2), responsePayload: TRANSMISSION_DATA };
  const pattern = request(types, qos).toCreate();
  let domain: TestDomain;
  let name: string;
  let config: DynamicConfig;

  beforeEach(() => {
    domain = new TestDomain();
    name = sharedMemoryNames.dynamicConfig(domain.config, 1n);
    revive(name, goldenBytes("service/golden/request-response-dynamic"));
    config = DynamicConfig.open(os, domain.config, 1n, pattern, 0);
  });
  afterEach(() => {
    config.close();
    os.shmUnlink(name);
    domain.assertClean();
    domain[Symbol.dispose]();
  });

  it("are registered where we look for them", () => {
    const { bagA, bagB, nodes } = config;
    assert.deepEqual([bagA.capacity, bagB.capacity, nodes.capacity], [3, 2, 5]);
    assert.deepEqual([bagA.length, bagB.length, nodes.length], [2, 2, 1]);
  });

  it("have servers that tell what ours would", () => {
    const [first, second] = [0, 1].map((slot) => readServerDetails(config.bagA.readSlot(slot)!.entry)!);
    const { nodeId } = first!;
    const expected: ServerDetails = {
      portId: serverId,
      portName: "",
      nodeId,
      requestBufferSize: 2,
      numberOfResponses: numberOfResponses(pattern, 1),
      maxSliceLen: 1,
      dataSegmentType: "Static",
      maxNumberOfSegments: 1,
    };
    assert.deepEqual(first, expected);
    const other = {
      portId: second!.portId,
      portName: "back",
      numberOfResponses: numberOfResponses(pattern, 2),
    };
    assert.deepEqual(second, { ...expected, ...other });
    assertSameEntry(writeServerDetails(expected), config.bagA.readSlot(0)!.entry, expected.portName);
  });

  it("have clients that tell what ours would", () => {
    const [first, second] = [0, 1].map((slot) => readClientDetails(config.bagB.readSlot(slot)!.entry)!);
    const { nodeId } = first!;
    const expected: ClientDetails = {
      portId: clientId,
      portName: "front",
      nodeId,
      numberOfRequests: numberOfRequests(pattern, 1),
      responseBufferSize: 3,
      maxActiveRequests: 1,
      maxSliceLen: 6,
      dataSegmentType: "Static",
      maxNumberOfSegments: 1,
    };
    assert.deepEqual(first, expected);
    assert.deepEqual(second, {
      ...expected,
      portId: second!.portId,
      portName: "",
      numberOfRequests: numberOfRequests(pattern, 2),
      maxActiveRequests: 2,
      maxSliceLen: 9,
      dataSegmentType: "Dynamic",
      maxNumberOfSegments: 255,
    });
    assertSameEntry(writeClientDetails(expected), config.bagB.readSlot(0)!.entry, expected.portName);
  });
});
