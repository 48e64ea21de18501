import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  PUBLISHER_DETAILS_SIZE,
  type PublisherDetails,
  readPublisherDetails,
  readSubscriberDetails,
  SUBSCRIBER_DETAILS_SIZE,
  type SubscriberDetails,
  writePublisherDetails,
  writeSubscriberDetails,
} from "./port-details.ts";

const SUBSCRIBER: SubscriberDetails = {
  portId: 0x0102030405060708090a0b0c0d0e0f10n,
  portName: "front",
  nodeId: 0x1112131415161718191a1b1c1d1e1f20n,
  bufferSize: 5,
  historyRequest: 3,
};

const PUBLISHER: PublisherDetails = {
  portId: SUBSCRIBER.portId,
  portName: "x".repeat(64),
  nodeId: SUBSCRIBER.nodeId,
  numberOfSamples: 37,
  maxSliceLen: 1024,
  dataSegmentType: "Static",
  maxNumberOfSegments: 1,
};

const viewOf = (entry: Uint8Array): DataView => new DataView(entry.buffer, entry.byteOffset);

const id = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
const name = fc.string({
  unit: fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code)),
  maxLength: 64,
});
const count = fc.maxSafeNat();

describe("port details", () => {
  it("lie where peers expect them", () => {
    const subscriber = viewOf(writeSubscriberDetails(SUBSCRIBER));
    assert.equal(subscriber.byteLength, 128);
    assert.equal(SUBSCRIBER_DETAILS_SIZE, 128);
    assert.equal(subscriber.getUint8(0), 0x10, "port id, little endian");
    assert.equal(Buffer.from(subscriber.buffer).toString("latin1", 16, 21), "front");
    assert.equal(subscriber.getBigUint64(88, true), 5n, "length of the name @88");
    assert.equal(subscriber.getUint8(96), 0x20, "node id");
    assert.equal(subscriber.getBigUint64(112, true), 5n, "buffer size");
    assert.equal(subscriber.getBigUint64(120, true), 3n, "history request");
    const publisher = viewOf(writePublisherDetails(PUBLISHER));
    assert.equal(publisher.byteLength, 136);
    assert.equal(PUBLISHER_DETAILS_SIZE, 136);
    assert.equal(publisher.getUint8(16 + 63), "x".charCodeAt(0));
    assert.equal(publisher.getUint8(16 + 64), 0, "terminator");
    assert.equal(publisher.getBigUint64(112, true), 37n, "samples");
    assert.equal(publisher.getBigUint64(120, true), 1024n, "slice length");
    assert.equal(publisher.getUint32(128, true), 1, "static");
    assert.equal(publisher.getUint8(132), 1, "segments");
  });

  it("of a subscriber are read as they were written", () => {
    const details = fc.record(
      {
        portId: id,
        portName: name,
        nodeId: id,
        bufferSize: count,
        historyRequest: count,
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(details, (written) => {
        assert.deepEqual(readSubscriberDetails(writeSubscriberDetails(written)), written);
      }),
    );
  });

  it("of a publisher are read as they were written", () => {
    const details: fc.Arbitrary<PublisherDetails> = fc.record(
      {
        portId: id,
        portName: name,
        nodeId: id,
        numberOfSamples: count,
        maxSliceLen: count,
        dataSegmentType: fc.constantFrom("Static" as const, "Dynamic" as const),
        maxNumberOfSegments: fc.integer({ min: 0, max: 255 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(details, (written) => {
        assert.deepEqual(readPublisherDetails(writePublisherDetails(written)), written);
      }),
    );
  });

  it("of a hostile peer are refused or harmless", () => {
    const entry = writePublisherDetails(PUBLISHER);
    viewOf(entry).setBigUint64(88, 2n ** 64n - 1n, true);
    assert.equal(readPublisherDetails(entry)?.portName.length, 64, "an endless name is cut");
    viewOf(entry).setBigUint64(112, 2n ** 53n, true);
    assert.equal(readPublisherDetails(entry)?.numberOfSamples, Number.NaN, "a count beyond 2^53");
    viewOf(entry).setUint32(128, 2, true);
    assert.equal(readPublisherDetails(entry), undefined, "a segment type that does not exist");
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 136, maxLength: 136 }), (bytes) => {
        readPublisherDetails(bytes);
        readSubscriberDetails(bytes);
      }),
    );
  });

  it("are read from the middle of a larger buffer", () => {
    const buffer = new Uint8Array(8 + SUBSCRIBER_DETAILS_SIZE);
    buffer.set(writeSubscriberDetails(SUBSCRIBER), 8);
    assert.deepEqual(readSubscriberDetails(buffer.subarray(8)), SUBSCRIBER);
  });
});
