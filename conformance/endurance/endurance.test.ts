/** Many requests leave memory, mappings and files as they were; `npm run endure` runs as many as one likes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Node } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { growth } from "./run.ts";
import { answerNext, callMany, holdings, openNumbers } from "./side.ts";

const WARM_UP = 50_000;
const REQUESTS = 300_000;

test("requests leave nothing behind, answered or given up", () => {
  using domain = new TestDomain();
  using node = Node.create({ config: domain.config, signals: "ignore" });
  const service = openNumbers(node);
  const server = service.server();
  const client = service.client();
  const exchange = (first: number, count: number): void =>
    callMany(client, BigInt(first), count, () => void answerNext(server));
  exchange(0, WARM_UP);
  const before = holdings();
  const files = domain.leftovers();
  exchange(WARM_UP, REQUESTS);
  const { mappings, descriptors } = growth(before, holdings());
  assert.deepEqual([mappings, descriptors], [0, 0]);
  assert.deepEqual(domain.leftovers(), files);
  node.close();
  domain.assertClean();
});
