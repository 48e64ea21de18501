import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inDomainAsync } from "../testing/in-domain.test-support.ts";
import { Ends } from "./ends.ts";
import type { Link } from "./link.ts";
import { Pub0 } from "./pub-sub.ts";
import { Subscription } from "./subscription.ts";

const MAX_IN_FLIGHT = 4;
const MAX_SUBS = 10;

describe("subscribers that join at the same time", () => {
  it(
    "have less room as long as they hold each other's welcomes",
    inDomainAsync(async (node) => {
      const pub = await Pub0.create("p", { node, maxInFlight: MAX_IN_FLIGHT });
      const way = { maxSenders: 1, maxReceivers: MAX_SUBS, bufferSize: MAX_IN_FLIGHT, isDemanded: false };
      const toSubs = { ...way, name: "p/pub" };
      const toPub = { ...way, name: "p/sub", maxSenders: MAX_SUBS, maxReceivers: 1 };
      const subs: { readonly ends: Ends; readonly subscription: Subscription }[] = [];
      for (let i = 0; i < 3; i++) {
        const ends = (await Ends.create(node, toSubs, toPub, () => false))!;
        subs.push({ ends, subscription: new Subscription(ends, () => {}) });
      }
      for (const { subscription } of subs) assert.equal(subscription.step(), undefined);
      // Now all three are let in, one after the other; they do not look before the messages are sent.
      await pub.waitSubs(subs.length);
      assert.equal(pub.trySend(Uint8Array.of(7)), true);
      const link = ({ ends, subscription }: (typeof subs)[number]): Link => {
        const { link } = subscription.step()!;
        let last: number | undefined;
        for (let next = ends.subscriber.receive(); next !== undefined; next = ends.subscriber.receive()) {
          last = next.payload[0];
          next.release();
        }
        assert.equal(last, 7);
        // Three welcomes and the message.
        link.received(4);
        return link;
      };
      const links = subs.slice(0, 2).map(link);
      assert.equal(pub.trySend(Uint8Array.of(8)), false, "the third has three welcomes and a message");
      links.push(link(subs[2]!));
      assert.equal(pub.trySend(Uint8Array.of(8)), true);
      for (const joined of links) joined.release();
      for (const { ends } of subs) ends[Symbol.dispose]();
      pub.close();
    }),
  );
});
