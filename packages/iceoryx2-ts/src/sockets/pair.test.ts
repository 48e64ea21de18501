import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it } from "node:test";
import type { Node } from "../api/node.ts";
import { Service } from "../api/service.ts";
import { ClosedError, InvalidArgumentError, TimeoutError } from "../base/general-errors.ts";
import { PublishSubscribeOpenError } from "../service/publish-subscribe-errors.ts";
import { inDomainAsync } from "../testing/in-domain.test-support.ts";
import type { SocketOptions } from "./options.ts";
import { Pair, Pair0, Pair1 } from "./pair.ts";
import { receiveRandomMessages, sendRandomMessages } from "./random-messages.test-support.ts";
import { SocketError, type SocketErrorCode } from "./socket-error.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (message: Uint8Array): string => new TextDecoder().decode(message);

async function connect(node: Node, options: SocketOptions = {}): Promise<[Pair, Pair]> {
  return Promise.all([Pair0.connect("p", { ...options, node }), Pair1.connect("p", { ...options, node })]);
}

const isSocketError =
  (code: SocketErrorCode) =>
  (error: unknown): boolean =>
    error instanceof SocketError && error.code === code;

/** A test with both ends. */
function withPair(
  test: (a: Pair, b: Pair, node: Node) => Promise<void>,
  options: SocketOptions = {},
): () => Promise<void> {
  return inDomainAsync(async (node) => {
    const [a, b] = await connect(node, options);
    await test(a, b, node);
    a.close();
    b.close();
  });
}

describe("a pair", () => {
  it(
    "carries messages in both directions, in order, each end its peer's alone",
    withPair(async (a, b) => {
      const lengths = { min: 0, max: 3000 };
      await Promise.all([
        sendRandomMessages(a, 1, 500, lengths),
        sendRandomMessages(b, 2, 500, lengths),
        receiveRandomMessages(b, 1, 500, lengths),
        receiveRandomMessages(a, 2, 500, lengths),
      ]);
      assert.deepEqual(a.stats(), { sent: 500, received: 500, inFlight: 0 });
      assert.deepEqual(b.stats(), { sent: 500, received: 500, inFlight: 0 });
      assert.deepEqual([a.tryRecv(), b.tryRecv()], [undefined, undefined]);
    }),
  );

  it(
    "carries messages of any length",
    withPair(async (a, b) => {
      for (const length of [0, 1, 4096, 4097, 300_000, 5_000_000, 3]) {
        const message = new Uint8Array(length).fill(length);
        await a.send(message);
        assert.equal(Buffer.compare(await b.recv(), message), 0);
      }
    }),
  );

  it(
    "delivers what was sent before the other end closed, and then says so",
    withPair(async (a, b) => {
      await a.send(encode("one"));
      await a.send(encode("two"));
      a.close();
      assert.equal(decode(await b.recv()), "one");
      assert.equal(decode(b.tryRecv()!), "two");
      await assert.rejects(b.recv(), isSocketError("PeerClosed"));
      assert.throws(() => b.tryRecv(), isSocketError("PeerClosed"));
      await assert.rejects(b.send(encode("three")), isSocketError("PeerClosed"));
      // There is nothing that was not taken.
      await b.flush();
      assert.throws(() => b.trySend(encode("three")), isSocketError("PeerClosed"));
    }),
  );

  it(
    "ends all pending calls when the other end closes",
    withPair(
      async (a, b) => {
        await b.send(encode("fills the only place"));
        const calls = [b.send(encode("has to wait")), b.flush(), b.recv(), b.recv()];
        const outcome = Promise.allSettled(calls);
        a.close();
        for (const result of await outcome) {
          assert(result.status === "rejected" && isSocketError("PeerClosed")(result.reason));
        }
      },
      { maxInFlight: 1 },
    ),
  );

  it(
    "ends all pending calls when it is closed itself, and its loops",
    withPair(
      async (a, b) => {
        await a.send(encode("fills the only place"));
        const calls = Promise.allSettled([a.send(encode("waits")), a.flush(), a.recv()]);
        const loop = Readable.from(b.messages()).toArray();
        const other = (async () => {
          for await (const _ of a) assert.fail("nothing comes");
        })();
        a.close();
        for (const result of await calls) {
          assert(result.status === "rejected" && result.reason instanceof ClosedError);
        }
        await other;
        assert.deepEqual((await loop).map(decode), ["fills the only place"]);
        await assert.rejects(a.send(encode("x")), ClosedError);
        await assert.rejects(a.recv(), ClosedError);
        assert.throws(() => a.messages(), ClosedError);
        assert.equal(a.closed, true);
      },
      { maxInFlight: 1 },
    ),
  );

  it(
    "can be connected again when an end comes back",
    inDomainAsync(async (node) => {
      let [a, b] = await connect(node);
      for (let round = 0; round < 3; round++) {
        await a.send(encode(`round ${round}`));
        a.close();
        const next = Pair0.connect("p", { node });
        assert.equal(decode(await b.recv()), `round ${round}`);
        // The new end is greeted by nobody before this one is closed.
        await assert.rejects(b.recv(), isSocketError("PeerClosed"));
        b.close();
        [a, b] = await Promise.all([next, Pair1.connect("p", { node })]);
      }
      a.close();
      b.close();
    }),
  );
});

describe("connecting a pair", () => {
  it(
    "takes whichever end is free, and there are two",
    inDomainAsync(async (node) => {
      const [a, b] = await Promise.all([Pair.connect("p", { node }), Pair.connect("p", { node })]);
      await assert.rejects(Pair.connect("p", { node }), isSocketError("EndTaken"));
      await assert.rejects(Pair0.connect("p", { node }), isSocketError("EndTaken"));
      const [other, another] = await Promise.all([
        Pair.connect("other", { node }),
        Pair1.connect("other", { node }),
      ]);
      for (const pair of [a, b, other, another]) pair.close();
    }),
  );

  it(
    "gives up after the timeout or when it is aborted, and leaves nothing behind",
    inDomainAsync(async (node, domain) => {
      const before = domain.leftovers();
      await assert.rejects(Pair.connect("p", { node, timeout: 1 }), TimeoutError);
      const reason = new Error("enough");
      const controller = new AbortController();
      const call = Pair.connect("p", { node, signal: controller.signal });
      setImmediate(() => controller.abort(reason));
      await assert.rejects(call, reason);
      await assert.rejects(Pair.connect("p", { node, signal: controller.signal }), reason);
      assert.deepEqual(domain.leftovers(), before);
    }),
  );

  it(
    "ends when the node is closed",
    inDomainAsync(async (node) => {
      const call = Pair.connect("p", { node });
      setImmediate(() => setImmediate(() => node.close()));
      await assert.rejects(call, ClosedError);
    }),
  );

  it(
    "asks for as many messages under way as it was told; whoever is first decides",
    inDomainAsync(async (node) => {
      for (const maxInFlight of [0, 1.5, 1e9]) {
        await assert.rejects(Pair.connect("p", { node, maxInFlight }), InvalidArgumentError);
      }
      await assert.rejects(Pair.connect("p", { node, peerCheckInterval: 0 }), InvalidArgumentError);
      const first = Pair0.connect("p", { node, maxInFlight: 3 });
      const exists = (name: string): boolean => Service.doesExist(name, "PublishSubscribe", node.config);
      while (!exists("p/0to1") || !exists("p/1to0")) await new Promise((resolve) => setImmediate(resolve));
      await assert.rejects(Pair1.connect("p", { node, maxInFlight: 4 }), PublishSubscribeOpenError);
      const [a, b] = await Promise.all([first, Pair1.connect("p", { node })]);
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        for (let i = 0; i < 3; i++) assert.equal(from.trySend(encode("x")), true);
        assert.equal(from.trySend(encode("x")), false);
        assert.equal(from.stats().inFlight, 3);
        await to.recv();
        assert.equal(from.trySend(encode("x")), true);
      }
      a.close();
      b.close();
    }),
  );
});

describe("back-pressure", () => {
  it(
    "lets a sender wait for room, in the order of the calls",
    withPair(
      async (a, b) => {
        const order: number[] = [];
        const sends = Array.from({ length: 10 }, async (_, i) => {
          await a.send(encode(String(i)));
          order.push(i);
        });
        await new Promise((resolve) => setImmediate(resolve));
        assert.deepEqual(order, [0, 1]);
        assert.deepEqual(a.stats(), { sent: 2, received: 0, inFlight: 2 });
        for (let i = 0; i < 10; i++) assert.equal(decode(await b.recv()), String(i));
        await Promise.all(sends);
        assert.deepEqual(
          order,
          Array.from({ length: 10 }, (_, i) => i),
        );
      },
      { maxInFlight: 2 },
    ),
  );

  it(
    "a send that gave up was not sent",
    withPair(
      async (a, b) => {
        await a.send(encode("0"));
        const reason = new Error("enough");
        const controller = new AbortController();
        const aborted = a.send(encode("never"), { signal: controller.signal });
        const late = a.send(encode("never"), { timeout: 1 });
        const patient = a.send(encode("1"));
        controller.abort(reason);
        await assert.rejects(aborted, reason);
        await assert.rejects(late, TimeoutError);
        await assert.rejects(a.send(encode("never"), { timeout: 0 }), TimeoutError);
        await assert.rejects(a.send(encode("never"), { signal: controller.signal }), reason);
        assert.equal(decode(await b.recv()), "0");
        await patient;
        assert.equal(decode(await b.recv()), "1");
        assert.equal(b.tryRecv(), undefined);
      },
      { maxInFlight: 1 },
    ),
  );

  it(
    "a receive that gave up took nothing",
    withPair(async (a, b) => {
      const reason = new Error("enough");
      const controller = new AbortController();
      const aborted = b.recv({ signal: controller.signal });
      const late = b.recv({ timeout: 1 });
      const patient = b.recv();
      controller.abort(reason);
      await assert.rejects(aborted, reason);
      await assert.rejects(late, TimeoutError);
      await assert.rejects(b.recv({ timeout: 0 }), TimeoutError);
      for await (const _ of b.messages({ timeout: 1 })) assert.fail("nothing comes");
      await a.send(encode("0"));
      assert.equal(decode(await patient), "0");
      await a.send(encode("1"));
      await assert.rejects(b.recv({ signal: controller.signal }), reason);
      assert.equal(decode(await b.recv({ timeout: 0 })), "1");
    }),
  );

  it(
    "flush waits until everything was taken",
    withPair(async (a, b) => {
      await a.flush();
      for (let i = 0; i < 3; i++) await a.send(encode(String(i)));
      let isFlushed = false;
      const flushed = a.flush().then(() => {
        isFlushed = true;
      });
      await b.recv();
      await b.recv();
      await assert.rejects(a.flush({ timeout: 1 }), TimeoutError);
      assert.equal(isFlushed, false);
      await b.recv();
      await flushed;
    }),
  );

  it(
    "a message must be bytes",
    withPair(async (a) => {
      await assert.rejects(a.send("text" as never), InvalidArgumentError);
      assert.throws(() => a.trySend([1, 2] as never), InvalidArgumentError);
      assert.throws(() => a.trySend(new Float64Array(1) as never), InvalidArgumentError);
    }),
  );
});

describe("a pair as a stream", () => {
  it(
    "is read by Readable.from and ReadableStream.from, and ends with the other end",
    withPair(async (a, b) => {
      const read = Readable.from(b).toArray();
      for (let i = 0; i < 100; i++) await a.send(encode(String(i)));
      await a.flush();
      const text = (async () => {
        let all = "";
        for await (const message of ReadableStream.from(a)) all += decode(message as Uint8Array);
        return all;
      })();
      for (let i = 0; i < 10; i++) await b.send(encode(String(i)));
      await b.flush();
      a.close();
      assert.deepEqual(
        (await read).map(decode),
        Array.from({ length: 100 }, (_, i) => String(i)),
      );
      assert.equal(await text, "0123456789");
    }),
  );

  it(
    "is written to with back-pressure; closing the stream flushes",
    withPair(
      async (a, b) => {
        const written = ReadableStream.from(Array.from({ length: 50 }, (_, i) => encode(String(i)))).pipeTo(
          a.writable,
        );
        for (let i = 0; i < 50; i++) assert.equal(decode(await b.recv()), String(i));
        await written;
        assert.equal(a.stats().inFlight, 0);
        assert.equal(a.closed, false);
      },
      { maxInFlight: 2 },
    ),
  );

  it(
    "leaving a loop does not close it; `await using` flushes",
    inDomainAsync(async (node) => {
      const [a, b] = await connect(node);
      await a.send(encode("0"));
      await a.send(encode("1"));
      for await (const message of b) {
        assert.equal(decode(message), "0");
        break;
      }
      const disposed = a[Symbol.asyncDispose]();
      assert.equal(a.closed, false);
      assert.equal(decode(await b.recv()), "1");
      await disposed;
      assert.equal(a.closed, true);
      await b[Symbol.asyncDispose]();
      assert.equal(b.closed, true);
    }),
  );
});
