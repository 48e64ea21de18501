/** A held sample shows the same bytes, whatever its publisher and its subscriber do. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Node, slice, u64 } from "iceoryx2-ts";
import { testBothDirections, withDomain } from "./domain.ts";
import {
  type HeldMessage,
  type Participant,
  type ParticipantPublisher,
  type ParticipantSubscriber,
  payloadsOf,
} from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

const LENGTH = 1000;
const message = (value: bigint): bigint[] => new Array<bigint>(LENGTH).fill(value);
/** More than a publisher has chunks, so that every one that is free is written again. */
const MANY = 100;

interface Scene {
  readonly publisher: ParticipantPublisher;
  readonly subscriber: ParticipantSubscriber;
  readonly held: HeldMessage;
}

async function holdOne(from: Participant, to: Participant): Promise<Scene> {
  const type = slice(u64);
  const publisher = await (await from.service("create", type)).publisher({ initialMaxSliceLen: LENGTH });
  const subscriber = await (await to.service("open", type)).subscriber();
  await publisher.send([message(4711n)]);
  const held = await subscriber.hold();
  assert.ok(held !== undefined);
  return { publisher, subscriber, held };
}

async function sendMany(publisher: ParticipantPublisher): Promise<void> {
  for (let i = 0; i < MANY; i++) await publisher.send([message(BigInt(i))]);
}

describe("a held sample stays as it is", { skip: skipWithoutPython }, () => {
  testBothDirections("while its publisher goes on", async (from, to) => {
    const { publisher, held } = await holdOne(from, to);
    await sendMany(publisher);
    assert.deepEqual(await held.payload(), message(4711n));
    await held.release();
  });

  testBothDirections("after its publisher was closed", async (from, to) => {
    const { publisher, subscriber, held } = await holdOne(from, to);
    await publisher.close();
    assert.deepEqual(await subscriber.receive(), []);
    assert.deepEqual(await held.payload(), message(4711n));
    await held.release();
  });

  testBothDirections("after the publisher's node was closed", async (from, to) => {
    const { subscriber, held } = await holdOne(from, to);
    await from.close();
    assert.deepEqual(await subscriber.receive(), []);
    assert.deepEqual(await held.payload(), message(4711n));
  });

  test("after our subscriber was closed, while Python's publisher goes on", () =>
    withDomain(async (join) => {
      const scene = await holdOne(await join("Python"), await join("TypeScript"));
      await scene.subscriber.close();
      await sendMany(scene.publisher);
      assert.deepEqual(await scene.held.payload(), message(4711n));
      await scene.held.release();
    }));

  test("after Python's publisher was killed, and after what was left of it was cleaned up", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      const { held } = await holdOne(theirs, await join("TypeScript"));
      await theirs.peer.kill();
      assert.deepEqual(await held.payload(), message(4711n));
      Node.create({ config: domain.config }).close();
      assert.deepEqual(await held.payload(), message(4711n));
      await held.release();
    }));

  testBothDirections("what waits is received after its publisher was closed, and first", async (from, to) => {
    const sending = await from.service("create", u64);
    const gone = await sending.publisher();
    const subscriber = await (await to.service("open", u64)).subscriber();
    await gone.send([1n, 2n]);
    await gone.close();
    const next = await sending.publisher();
    await next.send([3n]);
    assert.deepEqual(payloadsOf(await subscriber.receive()), [1n, 2n, 3n]);
  });
});
