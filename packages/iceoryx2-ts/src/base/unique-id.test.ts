import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import * as ids from "./unique-id.ts";

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const parts = fc.record({ seconds: u32, nanoseconds: u32, pid: u32, counter: u32 });

describe("unique ids", () => {
  it("have the bytes that a peer writes", () => {
    // From the dynamic configuration of a real 0.10.0 service: a subscriber with counter 3.
    const bytes = Buffer.from("c3040000ef0ca7269d53000003000000", "hex");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const id = ids.readUniqueId(view, 0);
    assert.equal(id, ids.makeUniqueId({ seconds: 1219, nanoseconds: 648482031, pid: 21405, counter: 3 }));
    assert.equal(ids.pidOf(id), 21405);
    assert.equal(ids.creationTimeOf(id), 1219_648_482_031n);
    assert.equal(ids.ownerOf(id), (3n << 32n) | 21405n);
  });

  it("come back as they were written, at any place", () => {
    fc.assert(
      fc.property(parts, fc.nat(8), (part, at) => {
        const view = new DataView(new ArrayBuffer(24));
        const id = ids.makeUniqueId(part);
        ids.writeUniqueId(view, at, id);
        assert.equal(ids.readUniqueId(view, at), id);
        assert.equal(view.getUint32(at, true), part.seconds);
        assert.equal(view.getUint32(at + 4, true), part.nanoseconds);
        assert.equal(view.getUint32(at + 8, true), part.pid);
        assert.equal(view.getUint32(at + 12, true), part.counter);
      }),
    );
  });

  it("split into the two values of upstream and join again", () => {
    fc.assert(
      fc.property(parts, (part) => {
        const id = ids.makeUniqueId(part);
        assert.equal(ids.joinUniqueId(ids.payloadValueOf(id), ids.ownerOf(id)), id);
        assert.equal(ids.pidOf(id), part.pid);
        assert.equal(
          ids.creationTimeOf(id),
          BigInt(part.seconds) * 1_000_000_000n + BigInt(part.nanoseconds),
        );
      }),
    );
  });

  it("keep the low 32 bits of a clock that runs for longer than that", () => {
    const id = ids.makeUniqueId({ seconds: 2 ** 32 + 7, nanoseconds: 1, pid: 2, counter: 3 });
    assert.equal(ids.creationTimeOf(id), 7_000_000_001n);
  });
});
