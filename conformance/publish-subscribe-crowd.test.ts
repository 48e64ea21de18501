/** Ports that come and go while the other language is in full flow. */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { slice, u64 } from "iceoryx2-ts";
import { testBothDirections } from "./domain.ts";
import { NumberedCheck } from "./numbered-messages.ts";
import type { ReceivedMessage } from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

const type = slice(u64);
const WORDS = 5;
const COUNT = 30_000;
const PUBLISHERS = 200;

/** Whether messages of one publisher are whole and in order. */
function assertIntact(messages: readonly ReceivedMessage[]): void {
  const check = new NumberedCheck();
  for (const { payload } of messages) check.add(BigUint64Array.from(payload as bigint[]));
  const { corrupt, disordered } = check.report;
  assert.deepEqual({ corrupt, disordered }, { corrupt: 0, disordered: 0 });
}

describe("in full flow", { skip: skipWithoutPython }, () => {
  for (const enableSafeOverflow of [true, false]) {
    const overflow = enableSafeOverflow ? "with overflow" : "without overflow";
    testBothDirections(`subscribers come and go ${overflow}`, async (from, to) => {
      const qos = { enableSafeOverflow, subscriberMaxBufferSize: 8 };
      const sending = await from.service("create", type, { qos });
      const receiving = await to.service("open", type);
      const publisher = await sending.publisher({ initialMaxSliceLen: WORDS });
      // The first one is there before the first message, so something is received in any case.
      let subscriber = await receiving.subscriber();
      let isSending = true;
      const sent = publisher.sendNumbered(COUNT, WORDS).finally(() => {
        isSending = false;
      });
      let received = 0;
      for (;;) {
        const messages: ReceivedMessage[] = [];
        do {
          messages.push(...(await subscriber.receive(4)));
          await turn();
        } while (messages.length < 10 && isSending);
        assertIntact(messages);
        received += messages.length;
        await subscriber.close();
        if (!isSending) break;
        subscriber = await receiving.subscriber();
      }
      await sent;
      assert.notEqual(received, 0);
    });
  }

  testBothDirections("publishers come and go", async (from, to) => {
    const sending = await from.service("create", type);
    const receiving = await to.service("open", type);
    const subscriber = await receiving.subscriber();
    const sent = (async () => {
      for (let i = 0; i < PUBLISHERS; i++) {
        const publisher = await sending.publisher({ initialMaxSliceLen: WORDS });
        await publisher.sendNumbered(2, WORDS);
        await publisher.close();
      }
      // It stays until its samples are received, which no other one did on purpose.
      const last = await sending.publisher({ initialMaxSliceLen: WORDS });
      await last.sendNumbered(2, WORDS);
      return last;
    })();
    const byPublisher = new Map<bigint, ReceivedMessage[]>();
    const receive = async (): Promise<void> => {
      for (const message of await subscriber.receive()) {
        byPublisher.set(message.publisherId, [...(byPublisher.get(message.publisherId) ?? []), message]);
      }
    };
    let isSending = true;
    void sent.finally(() => {
      isSending = false;
    });
    while (isSending) {
      await receive();
      await turn();
    }
    const last = await sent;
    await receive();
    for (const messages of byPublisher.values()) assertIntact(messages);
    assert.equal(byPublisher.get(last.id)?.length, 2);
  });
});
