/** Sending and receiving must not make the live heap grow. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Child, moduleUrl } from "../../testing/child.test-support.ts";
import { TestDomain } from "../../testing/test-domain.ts";

const ROUNDS = 200_000;
/** Optimised code and inline caches come and go; one object of 16 bytes per round would be 3.2 MB. */
const GROWTH_MAX = 1_000_000;

const SCRIPT = `
  import { struct } from "${moduleUrl("../payload/struct.js")}";
  const Pair = struct("Pair", { a: u64, b: u64 });
  const node = Node.create({ config });
  const service = node.service("a").publishSubscribe(Pair).create({ subscriberMaxBufferSize: 4 });
  const publisher = service.publisher();
  const subscriber = service.subscriber();
  const value = { a: 1n, b: 2n };
  let sum = 0;
  const forms = {
    drain: () => {
      publisher.sendCopy(value);
      subscriber.drain((sample) => { sum += Number(sample.payload.b); });
    },
    receive: () => {
      publisher.sendCopy(value);
      const sample = subscriber.receive();
      sum += Number(sample.payload.b);
      sample.release();
    },
    loan: () => {
      const loan = publisher.loan();
      loan.payload.b = 2n;
      loan.send();
      subscriber.receive().release();
      sum += 2;
    },
  };
  const run = (form, rounds) => { for (let i = 0; i < rounds; i++) form(); };
  const heap = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
  for (const [name, form] of Object.entries(forms)) {
    run(form, 20_000);
    const before = heap();
    sum = 0;
    run(form, ${ROUNDS});
    say(name + " " + (heap() - before) + " " + sum);
  }
  node.close();
`;

describe("the live heap", () => {
  it(`does not grow in ${ROUNDS} rounds of sending and receiving in any form`, async () => {
    using domain = new TestDomain();
    const { code, stdout, stderr } = await new Child(domain, SCRIPT, ["--expose-gc"]).ending();
    assert.equal(code, 0, stderr);
    const results = stdout.trim().split("\n");
    assert.equal(results.length, 3);
    for (const result of results) {
      const [form, growth, sum] = result.split(" ");
      assert.equal(Number(sum), 2 * ROUNDS, `${form}`);
      assert(Number(growth) < GROWTH_MAX, `${form}: ${growth} bytes`);
    }
    domain.assertClean();
  });
});
