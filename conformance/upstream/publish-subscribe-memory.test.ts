/** What upstream's suite demands of a publisher's memory: it is enough for whatever the settings allow at once. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  LoanError,
  type Publisher,
  ReceiveError,
  type Sample,
  type Subscriber,
  type U64,
  u64,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

const ROUNDS = 16;

function sendMany(publisher: Publisher<U64>, count: number): void {
  for (let sent = 0; sent < count; sent++) publisher.sendCopy(BigInt(sent));
}

/** Receives until nothing waits or no more can be held. */
function holdMany(subscriber: Subscriber<U64>, held: Sample<U64>[]): void {
  try {
    for (let sample = subscriber.receive(); sample; sample = subscriber.receive()) held.push(sample);
  } catch (error) {
    assert(error instanceof ReceiveError && error.code === "ExceedsMaxBorrows");
  }
}

describe("a publisher never goes out of memory", () => {
  const least = { bufferSize: 1, historySize: 0, borrowed: 1, subscribers: 1, loans: 1 };
  const settings = {
    loans: { ...least, loans: 100 },
    subscribers: { ...least, subscribers: 50 },
    "borrowed samples": { ...least, borrowed: 100 },
    history: { ...least, historySize: 100 },
    buffer: { ...least, bufferSize: 3 },
    everything: { bufferSize: 29, historySize: 31, borrowed: 12, subscribers: 25, loans: 35 },
  };
  for (const [what, { bufferSize, historySize, borrowed, subscribers: many, loans }] of Object.entries(
    settings,
  )) {
    test(
      `with much of one thing: ${what}`,
      inDomain((node) => {
        const service = node.service("a").publishSubscribe(u64).create({
          maxPublishers: 1,
          maxSubscribers: many,
          historySize,
          subscriberMaxBufferSize: bufferSize,
          subscriberMaxBorrowedSamples: borrowed,
        });
        const publisher = service.publisher({ maxLoanedSamples: loans });
        const subscribers = Array.from({ length: many }, () => service.subscriber());
        for (let round = 0; round < ROUNDS; round++) {
          const held: Sample<U64>[] = [];
          while (held.length < borrowed * many) {
            sendMany(publisher, bufferSize);
            for (const subscriber of subscribers) holdMany(subscriber, held);
          }
          sendMany(publisher, bufferSize + historySize);
          const loaned = Array.from({ length: loans }, () => publisher.loanUninit());
          assert.throws(
            () => publisher.loanUninit(),
            (error) => error instanceof LoanError && error.code === "ExceedsMaxLoans",
          );
          for (const part of [...held, ...loaned]) part.release();
          for (const subscriber of subscribers) subscriber.drain(() => {});
        }
      }),
    );
  }
});

describe("a subscriber always has room to give samples back", () => {
  const settings = {
    "many loans": [10, 1, 1],
    "a large buffer": [1, 10, 1],
    "many borrowed samples": [1, 1, 10],
    "much of everything": [20, 14, 15],
    "little of everything": [1, 1, 1],
  } as const;
  for (const [what, [loans, bufferSize, borrowed]] of Object.entries(settings)) {
    test(
      `with ${what}`,
      inDomain((node) => {
        const service = node.service("a").publishSubscribe(u64).create({
          maxPublishers: 1,
          maxSubscribers: 1,
          enableSafeOverflow: false,
          historySize: 0,
          subscriberMaxBufferSize: bufferSize,
          subscriberMaxBorrowedSamples: borrowed,
        });
        const publisher = service.publisher({ maxLoanedSamples: loans });
        const subscriber = service.subscriber();
        const loaned = [publisher.loan()];
        const sendOne = (): void => {
          while (loaned.length < loans) loaned.push(publisher.loan());
          assert.equal(loaned.pop()!.send(), 1);
        };
        for (let round = 0; round < ROUNDS; round++) {
          const held: Sample<U64>[] = [];
          while (held.length < borrowed) {
            sendOne();
            held.push(subscriber.receive()!);
          }
          for (let sent = 0; sent < bufferSize; sent++) sendOne();
          for (const sample of held) sample.release();
          assert.equal(
            subscriber.drain(() => {}),
            bufferSize,
          );
        }
        for (const loan of loaned) loan.release();
      }),
    );
  }
});
