/** What is received is read-only memory: views have no setters, and writing past them ends the process. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Node } from "../../api/node.ts";
import { u64 } from "../../payload/scalars.ts";
import { struct } from "../../payload/struct.ts";
import { Child, moduleUrl } from "../../testing/child.test-support.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { TestDomain } from "../../testing/test-domain.ts";

const Pair = struct("Pair", { a: u64, b: u64 });

describe("a received payload", () => {
  it(
    "has fields that cannot be written",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(Pair).create();
      const subscriber = service.subscriber();
      service.publisher().sendCopy({ a: 1n, b: 2n });
      using sample = subscriber.receive();
      const view = sample!.payload as { a: bigint };
      assert.throws(() => {
        view.a = 5n;
      }, TypeError);
      assert.equal(view.a, 1n);
    }),
  );

  it("that is a typed array ends the process which writes to it", async () => {
    using domain = new TestDomain();
    const child = new Child(
      domain,
      `
      import { bytes } from "${moduleUrl("../payload/slice.js")}";
      const node = Node.create({ config });
      const service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ initialMaxSliceLen: 4 });
      const subscriber = service.subscriber();
      publisher.sendCopy([1, 2, 3]);
      const { payload } = subscriber.receive();
      say(String(payload));
      payload[0] = 9;
      say("still alive");`,
    );
    assert.equal(await child.line(), "1,2,3");
    const { code, signal, stdout } = await child.ending();
    assert.deepEqual([code, signal, stdout], [null, "SIGSEGV", ""]);
    Node.create({ config: domain.config }).close();
    domain.assertClean();
  });
});
