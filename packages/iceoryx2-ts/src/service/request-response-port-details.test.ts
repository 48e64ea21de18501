import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  CLIENT_DETAILS_SIZE,
  type ClientDetails,
  readClientDetails,
  readServerDetails,
  SERVER_DETAILS_SIZE,
  type ServerDetails,
  writeClientDetails,
  writeServerDetails,
} from "./request-response-port-details.ts";

const PORT = {
  portId: 0x0102030405060708090a0b0c0d0e0f10n,
  portName: "front",
  nodeId: 0x1112131415161718191a1b1c1d1e1f20n,
};
const DATA_SEGMENT = { maxSliceLen: 1024, dataSegmentType: "Dynamic", maxNumberOfSegments: 255 } as const;
const SERVER: ServerDetails = { ...PORT, ...DATA_SEGMENT, requestBufferSize: 4, numberOfResponses: 384 };
const CLIENT: ClientDetails = {
  ...PORT,
  ...DATA_SEGMENT,
  numberOfRequests: 18,
  responseBufferSize: 2,
  maxActiveRequests: 3,
};

const viewOf = (entry: Uint8Array): DataView => new DataView(entry.buffer, entry.byteOffset);

const count = fc.maxSafeNat();
const common = {
  portId: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  portName: fc.constantFrom("", "front", "x".repeat(64)),
  nodeId: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  maxSliceLen: count,
  dataSegmentType: fc.constantFrom("Static" as const, "Dynamic" as const),
  maxNumberOfSegments: fc.integer({ min: 0, max: 255 }),
};
const servers: fc.Arbitrary<ServerDetails> = fc.record(
  { ...common, requestBufferSize: count, numberOfResponses: count },
  { noNullPrototype: true },
);
const clients: fc.Arbitrary<ClientDetails> = fc.record(
  { ...common, numberOfRequests: count, responseBufferSize: count, maxActiveRequests: count },
  { noNullPrototype: true },
);

describe("the details of servers and clients", () => {
  it("lie where peers expect them", () => {
    const server = viewOf(writeServerDetails(SERVER));
    assert.deepEqual([server.byteLength, SERVER_DETAILS_SIZE], [144, 144]);
    assert.equal(server.getBigUint64(112, true), 4n, "request buffer size");
    assert.equal(server.getBigUint64(120, true), 384n, "responses");
    const client = viewOf(writeClientDetails(CLIENT));
    assert.deepEqual([client.byteLength, CLIENT_DETAILS_SIZE], [152, 152]);
    assert.equal(client.getBigUint64(112, true), 18n, "requests");
    assert.equal(client.getBigUint64(120, true), 2n, "response buffer size");
    assert.equal(client.getBigUint64(144, true), 3n, "active requests");
    for (const view of [server, client]) {
      assert.equal(view.getUint8(0), 0x10, "port id, little endian");
      assert.equal(view.getUint8(96), 0x20, "node id");
      assert.equal(view.getBigUint64(128, true), 1024n, "slice length");
      assert.equal(view.getUint32(136, true), 0, "dynamic");
      assert.equal(view.getUint8(140), 255, "segments");
    }
  });

  it("are read as they were written", () => {
    fc.assert(
      fc.property(servers, clients, (server, client) => {
        assert.deepEqual(readServerDetails(writeServerDetails(server)), server);
        assert.deepEqual(readClientDetails(writeClientDetails(client)), client);
      }),
    );
  });

  it("of a hostile peer are refused or harmless", () => {
    const server = writeServerDetails(SERVER);
    const client = writeClientDetails(CLIENT);
    for (const entry of [server, client]) viewOf(entry).setBigUint64(120, 2n ** 53n, true);
    assert.equal(readServerDetails(server)?.numberOfResponses, Number.NaN, "a count beyond 2^53");
    assert.equal(readClientDetails(client)?.responseBufferSize, Number.NaN, "a count beyond 2^53");
    for (const entry of [server, client]) viewOf(entry).setUint32(136, 2, true);
    assert.equal(readServerDetails(server), undefined, "a segment type that does not exist");
    assert.equal(readClientDetails(client), undefined, "a segment type that does not exist");
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 152, maxLength: 152 }), (bytes) => {
        readServerDetails(bytes);
        readClientDetails(bytes);
      }),
    );
  });

  it("are read from the middle of a larger buffer", () => {
    const buffer = new Uint8Array(8 + CLIENT_DETAILS_SIZE);
    buffer.set(writeClientDetails(CLIENT), 8);
    assert.deepEqual(readClientDetails(buffer.subarray(8)), CLIENT);
    buffer.set(writeServerDetails(SERVER), 8);
    assert.deepEqual(readServerDetails(buffer.subarray(8)), SERVER);
  });
});
