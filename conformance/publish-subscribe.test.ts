/** Publish-subscribe with a real peer: who comes and goes, and a hundred thousand samples. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PayloadType, slice, u64 } from "iceoryx2-ts";
import { directions, testBothDirections, withDomain } from "./domain.ts";
import { type Participant, type ParticipantService, payloadsOf, type Verb } from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

/** The service of a participant with a publisher and a subscriber. */
async function portsOf(participant: Participant, service: ParticipantService) {
  const publisher = await service.publisher();
  const subscriber = await service.subscriber();
  return { publisher, subscriber, ids: [participant.id, publisher.id, subscriber.id] };
}

describe("a service of both languages", { skip: skipWithoutPython }, () => {
  const verbs: readonly (readonly [creating: Verb, opening: Verb])[] = [
    ["create", "open"],
    ["openOrCreate", "openOrCreate"],
  ];
  for (const [creator, opener] of directions("Python")) {
    for (const leaver of [creator, opener]) {
      for (const [creating, opening] of verbs) {
        test(`${creator} calls ${creating}, ${opener} ${opening}, ${leaver} leaves first`, () =>
          withDomain(async (join, domain) => {
            const first = await join(creator);
            const second = await join(opener);
            const created = await first.service(creating, u64);
            const opened = await second.service(opening, u64);
            const ofFirst = await portsOf(first, created);
            const ofSecond = await portsOf(second, opened);
            assert.deepEqual(await ofFirst.publisher.send([1n]), [2]);
            assert.deepEqual(await ofSecond.publisher.send([2n]), [2]);
            for (const { subscriber } of [ofFirst, ofSecond]) {
              assert.deepEqual(payloadsOf(await subscriber.receive()), [1n, 2n]);
            }

            const [leaving, left, staying] =
              leaver === creator ? [first, ofFirst, ofSecond] : [second, ofSecond, ofFirst];
            const traces = (): string[] =>
              domain.leftovers().filter((name) => left.ids.some((id) => name.includes(String(id))));
            assert.notDeepEqual(traces(), []);
            await leaving.close();
            // What connects two ports goes when the second one notices.
            assert.deepEqual(await staying.publisher.send([3n]), [1]);
            assert.deepEqual(payloadsOf(await staying.subscriber.receive()), [3n]);
            assert.deepEqual(traces(), []);
          }));
      }
    }
  }
});

const COUNT = 100_000;

describe("a hundred thousand samples", { skip: skipWithoutPython }, () => {
  const payloads: readonly (readonly [name: string, type: PayloadType, words: number])[] = [
    ["u64", u64, 1],
    ["slices of 5 u64", slice(u64), 5],
  ];
  for (const [name, type, words] of payloads) {
    for (const enableSafeOverflow of [true, false]) {
      const lost = enableSafeOverflow ? "some overwritten" : "none lost";
      testBothDirections(`of ${name} arrive in order and whole, ${lost}`, async (from, to) => {
        const qos = { enableSafeOverflow, subscriberMaxBufferSize: 16 };
        const sending = await from.service("create", type, { qos });
        const receiving = await to.service("open", type, { qos });
        const options = type.kind === "slice" ? { initialMaxSliceLen: words } : {};
        const publisher = await sending.publisher(options);
        // It connects at once: before that, samples without room would be dropped silently.
        const subscriber = await receiving.subscriber();
        const sent = publisher.sendNumbered(COUNT, words);
        const [report] = await Promise.all([subscriber.receiveNumbered(COUNT - 1, sent), sent]);
        const { received, skipped } = report;
        assert.deepEqual(report, { received, skipped, corrupt: 0, disordered: 0 });
        assert.equal(received + skipped, COUNT, "the last sample came");
        if (!enableSafeOverflow) assert.equal(skipped, 0);
      });
    }
  }
});
