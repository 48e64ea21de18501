import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { PublishSubscribeService } from "../../api/publish-subscribe-service.ts";
import { ClosedError, InvalidArgumentError, UseAfterReleaseError } from "../../base/general-errors.ts";
import { type U64, u32, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { struct } from "../../payload/struct.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LoanError, SendError } from "../common/port-errors.ts";

const Pair = struct("Pair", { a: u64, b: u64 });
const Header = struct("Header", { version: u64 });

function service(node: Node): PublishSubscribeService<U64> {
  return node.service("Camera").publishSubscribe(u64).create({ subscriberMaxBufferSize: 4 });
}

function isLoanError(code: LoanError["code"], message: RegExp) {
  return (error: unknown): boolean =>
    error instanceof LoanError && error.code === code && message.test(error.message);
}

function isSendError(code: SendError["code"], message: RegExp) {
  return (error: unknown): boolean =>
    error instanceof SendError && error.code === code && message.test(error.message);
}

describe("loans", () => {
  it(
    "are as many as the publisher allows; the error says how many and what to do",
    inDomain((node) => {
      const publisher = service(node).publisher({ name: "front", maxLoanedSamples: 2 });
      const loans = [publisher.loan(), publisher.loan()];
      const tooMany = isLoanError(
        "ExceedsMaxLoans",
        /^cannot loan from publisher "front" of service "Camera": 2 samples .*maxLoanedSamples: 2.*Send or release/,
      );
      assert.throws(() => publisher.loan(), tooMany);
      assert.throws(() => publisher.loanUninit(), tooMany);
      assert.throws(() => publisher.sendCopy(1n), tooMany);
      loans[0]!.release();
      publisher.sendCopy(1n);
      loans[1]!.send();
      const again = [publisher.loan(), publisher.loan()];
      assert.throws(() => publisher.loan(), tooMany);
      for (const loan of again) loan.release();
    }),
  );

  it(
    "of a publisher that allows none are none",
    inDomain((node) => {
      const publisher = service(node).publisher({ maxLoanedSamples: 0 });
      assert.throws(() => publisher.loan(), isLoanError("ExceedsMaxLoans", /maxLoanedSamples: 0/));
    }),
  );

  it(
    "are over after send and release; both may be done again by release only",
    inDomain((node) => {
      const publisher = service(node).publisher();
      for (const end of ["send", "release"] as const) {
        const loan = publisher.loan();
        assert.equal(loan.released, false);
        loan.payload = 5n;
        assert.equal(loan.payload, 5n);
        loan[end]();
        assert.equal(loan.released, true);
        loan.release();
        for (const use of [
          () => loan.send(),
          () => loan.payload,
          () => {
            loan.payload = 6n;
          },
        ]) {
          assert.throws(use, (error) => {
            assert(error instanceof UseAfterReleaseError);
            assert.match(error.message, /loan of publisher of service "Camera"/);
            return true;
          });
        }
      }
    }),
  );

  it(
    "release themselves at the end of their scope, unless they were sent",
    inDomain((node) => {
      const publisher = service(node).publisher({ maxLoanedSamples: 1 });
      const subscriber = node.service("Camera").publishSubscribe(u64).open().subscriber();
      for (const isSent of [false, true, false]) {
        using loan = publisher.loan();
        loan.payload = 3n;
        if (isSent) assert.equal(loan.send(), 1);
      }
      publisher.loan().release();
      assert.equal(
        subscriber.drain((sample) => assert.equal(sample.payload, 3n)),
        1,
      );
    }),
  );

  it(
    "end their views with them",
    inDomain((node) => {
      const publisher = node.service("a").publishSubscribe(Pair).create().publisher();
      const loan = publisher.loan();
      const view = loan.payload;
      view.a = 1n;
      loan.payload = { a: 2n, b: 3n };
      assert.deepEqual([view.a, view.b], [2n, 3n]);
      loan.release();
      assert.throws(() => view.a, UseAfterReleaseError);
      assert.throws(() => {
        view.b = 1n;
      }, UseAfterReleaseError);
      const untouched = publisher.loan();
      untouched.release();
      assert.throws(() => untouched.payload, UseAfterReleaseError);
    }),
  );

  it(
    "are zeroed, those of loanUninit show what was there",
    inDomain((node) => {
      const publisher = node.service("a").publishSubscribe(Pair).create().publisher();
      publisher.sendCopy({ a: 7n, b: 8n });
      // The free list is last in, first out: the chunk that was sent to nobody comes again.
      const uninit = publisher.loanUninit();
      assert.deepEqual([uninit.payload.a, uninit.payload.b], [7n, 8n]);
      uninit.release();
      const zeroed = publisher.loan();
      assert.deepEqual([zeroed.payload.a, zeroed.payload.b], [0n, 0n]);
      zeroed.release();
    }),
  );

  it(
    "of slices have the length that was asked for, and not more than the publisher planned for",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ initialMaxSliceLen: 8 });
      for (const length of [0, 1, 8]) {
        const loan = publisher.loan(length);
        assert.deepEqual(loan.payload, new Uint8Array(length));
        loan.payload.fill(9);
        loan.release();
        const again = publisher.loanUninit(length);
        assert.deepEqual(again.payload, new Uint8Array(length).fill(9));
        again.release();
      }
      const tooLong = isLoanError(
        "ExceedsMaxLoanSize",
        /slice of 9 elements from publisher of service "a": it can have 8 at most \(initialMaxSliceLen: 8\)/,
      );
      assert.throws(() => publisher.loan(9), tooLong);
      assert.throws(() => publisher.sendCopy(new Uint8Array(9)), tooLong);
      for (const length of [-1, 0.5, Number.NaN, undefined as unknown as number]) {
        assert.throws(() => publisher.loan(length), InvalidArgumentError);
      }
    }),
  );

  it(
    "have a user header that is zero until it is written",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64, { userHeader: Header }).create();
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      for (let round = 0; round < 3; round++) {
        const loan = publisher.loanUninit();
        assert.equal(loan.userHeader.version, 0n);
        loan.userHeader.version = 4n;
        loan.send();
        publisher.sendCopy(1n);
        publisher.sendCopy(1n, { userHeader: { version: 5n } });
        const versions: bigint[] = [];
        subscriber.drain(({ userHeader }) => versions.push(userHeader.version));
        assert.deepEqual(versions.slice(-2), [0n, 5n]);
      }
    }),
  );

  it(
    "take a whole user header, also one that is no struct",
    inDomain((node) => {
      const structs = node.service("a").publishSubscribe(u64, { userHeader: Header }).create();
      const numbers = node.service("b").publishSubscribe(u64, { userHeader: u32 }).create();
      const subscribers = [structs.subscriber(), numbers.subscriber()] as const;
      const loans = [structs.publisher().loan(), numbers.publisher().loan()] as const;
      loans[0].userHeader = { version: 7n };
      loans[1].userHeader = 8;
      for (const loan of loans) loan.send();
      assert.equal(subscribers[0].receive()!.userHeader.version, 7n);
      assert.equal(subscribers[1].receive()!.userHeader, 8);
      assert.throws(() => {
        loans[1].userHeader = 9;
      }, UseAfterReleaseError);
    }),
  );
});

describe("a publisher that closes", () => {
  it(
    "leaves its loans to be released, but not to be sent",
    inDomain((node, domain) => {
      const publisher = service(node).publisher();
      const loans = [publisher.loan(), publisher.loan()];
      publisher.close();
      assert.throws(() => publisher.loan(), ClosedError);
      for (const loan of loans) {
        loan.payload = 6n;
        assert.equal(loan.payload, 6n, "its memory is still there");
        assert.throws(
          () => loan.send(),
          isSendError("ConnectionBrokenSinceSenderNoLongerExists", /closed after the loan was made/),
        );
        assert.equal(loan.released, false);
      }
      const dataSegments = (): number => domain.leftovers().filter((name) => name.endsWith(".data")).length;
      assert.equal(dataSegments(), 1);
      for (const loan of loans) loan.release();
      assert.equal(dataSegments(), 0);
    }),
  );

  it(
    "leaves what was sent to its subscribers",
    inDomain((node) => {
      const camera = service(node);
      const publisher = camera.publisher();
      const subscriber = camera.subscriber();
      for (const value of [1n, 2n, 3n]) publisher.sendCopy(value);
      const held = subscriber.receive()!;
      publisher.close();
      assert.equal(subscriber.hasSamples(), true);
      {
        using second = subscriber.receive();
        assert.equal(second?.payload, 2n);
      }
      const values: bigint[] = [];
      assert.equal(
        subscriber.drain(({ payload }) => values.push(payload)),
        1,
      );
      assert.deepEqual([held.payload, values], [1n, [3n]]);
      assert.equal(subscriber.hasSamples(), false);
      held.release();
    }),
  );
});

describe("sending", () => {
  it(
    "counts the subscribers, of whatever handle",
    inDomain((node) => {
      const camera = service(node);
      const publisher = camera.publisher();
      assert.equal(publisher.sendCopy(1n), 0);
      const first = camera.subscriber();
      assert.equal(publisher.sendCopy(2n), 1);
      const second = node.service("Camera").publishSubscribe(u64).open().subscriber();
      assert.equal(publisher.loan().send(), 2);
      first.close();
      assert.equal(publisher.sendCopy(3n), 1);
      second.close();
      assert.equal(publisher.sendCopy(4n), 0);
    }),
  );

  it(
    "a value that does not fit takes no chunk",
    inDomain((node) => {
      const publisher = node.service("a").publishSubscribe(Pair).create().publisher({ maxLoanedSamples: 1 });
      for (let i = 0; i < 100; i++) {
        assert.throws(() => publisher.sendCopy({ a: 1n } as { a: bigint; b: bigint }));
      }
      publisher.loan().release();
    }),
  );
});
