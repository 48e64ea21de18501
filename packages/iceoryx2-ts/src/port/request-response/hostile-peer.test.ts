/** Clients and servers that write what makes no sense: the other side drops it, and everybody else goes on. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { ChunkLedger } from "../../testing/chunk-ledger.test-support.ts";
import { TamperedConnection, TamperedMemory } from "../../testing/connection-tamper.test-support.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LogCapture } from "../../testing/log-capture.test-support.ts";
import type { TestDomain } from "../../testing/test-domain.ts";
import { CHANNEL_AREA, CHANNEL_SIZE } from "../../transport/connection-layout.ts";
import { sharedMemoryNames } from "../../transport/names.ts";
import type { PendingResponse } from "./pending-response.ts";
import type { Server } from "./server.ts";

function requests(server: Server<U64, U64>): bigint[] {
  const received: bigint[] = [];
  for (let request = server.receive(); request !== undefined; request = server.receive()) {
    received.push(request.payload);
    request.release();
  }
  return received;
}

function responses(pending: PendingResponse<U64, U64>): bigint[] {
  const received: bigint[] = [];
  for (let response = pending.receive(); response !== undefined; response = pending.receive()) {
    received.push(response.payload);
    response.release();
  }
  return received;
}

/** Overwrites a field in every header of a port's data segment. */
function tamper(domain: TestDomain, portId: bigint, field: number, from: bigint, to: bigint): number {
  using memory = new TamperedMemory(sharedMemoryNames.dataSegment(domain.config, portId));
  const { longs, size } = memory.region;
  const [low, high] = [BigInt.asUintN(64, portId), portId >> 64n];
  let count = 0;
  // The id of the port is the second of the header.
  for (let at = 2; (at + 8) * 8 <= size; at++) {
    const header = at - 2;
    if (longs[at] !== low || longs[at + 1] !== high || longs[header + field / 8] !== from) continue;
    longs[header + field / 8] = to;
    count++;
  }
  return count;
}

const CHANNEL_ID = 32;
const REQUEST_ID = 40;
const REQUEST_LENGTH = 48;
const ANSWERED_REQUEST = 32;
const RESPONSE_LENGTH = 40;
const HUGE = [2n ** 32n, 2n ** 53n, 2n ** 64n - 1n];

describe("a hostile client", () => {
  for (const channel of [18n, ...HUGE]) {
    it(
      `cannot make a server use channel ${channel}`,
      inDomain((node, domain) => {
        using log = new LogCapture();
        using ledger = new ChunkLedger();
        const service = node.service("a").requestResponse(u64, u64).create();
        const server = service.server();
        const [hostile, honest] = [service.client(), service.client()];
        const pending = hostile.sendCopy(1n);
        assert(tamper(domain, hostile.id, CHANNEL_ID, 0n, channel) > 0);
        using other = honest.sendCopy(2n);
        assert.deepEqual(requests(server), [2n]);
        assert.match(log.messages.join("\n"), /a request was discarded: there is no response channel \d+\./);
        assert.deepEqual(responses(other), []);
        pending.release();
        other.release();
        for (const client of [hostile, honest]) client.close();
        assert.equal(ledger.inUse, 0);
      }),
    );
  }

  it(
    "that lies about the id of its request gets nothing for it",
    inDomain((node, domain) => {
      const service = node.service("a").requestResponse(u64, u64).create();
      const server = service.server();
      const client = service.client();
      client.sendCopy(0n).release();
      assert.deepEqual(requests(server), [0n]);
      using pending = client.sendCopy(1n);
      assert(tamper(domain, client.id, REQUEST_ID, 1n, 2n ** 64n - 1n) > 0);
      using request = server.receive()!;
      assert.equal(request.isConnected, false);
      assert.equal(request.sendCopy(2n), 0);
      request.release();
      assert.equal(pending.isConnected, true, "its channel was not touched");
      assert.deepEqual(responses(pending), []);
    }),
  );

  it(
    "that changes the header of its request later harms nobody",
    inDomain((node, domain) => {
      const service = node.service("a").requestResponse(u64, u64).create();
      const server = service.server();
      const client = service.client();
      using pending = client.sendCopy(1n);
      const request = server.receive()!;
      tamper(domain, client.id, CHANNEL_ID, 0n, 2n ** 40n);
      tamper(domain, client.id, REQUEST_ID, 0n, 77n);
      assert.equal(request.isConnected, true);
      assert.equal(request.sendCopy(5n), 1);
      assert.deepEqual(responses(pending), [5n]);
      request.release();
      assert.equal(pending.isConnected, false);
    }),
  );

  for (const length of [9n, ...HUGE]) {
    it(
      `cannot claim that its request has ${length} elements`,
      inDomain((node, domain) => {
        using log = new LogCapture();
        const service = node.service("a").requestResponse(bytes, u64).create();
        const server = service.server();
        const client = service.client({ initialMaxSliceLen: 8 });
        using pending = client.sendCopy([1, 2, 3]);
        assert(tamper(domain, client.id, REQUEST_LENGTH, 3n, length) > 0);
        assert.equal(server.receive(), undefined);
        assert.match(log.messages.join("\n"), /a request of \d+ elements was discarded/);
        assert(pending.payload.length <= 24, "its own view does not leave the chunk either");
        assert(pending.header.numberOfElements <= 24);
      }),
    );
  }

  it(
    "that claims to have read what was not sent is dropped; others are still answered",
    inDomain((node, domain) => {
      using log = new LogCapture();
      using ledger = new ChunkLedger();
      const service = node.service("a").requestResponse(u64, u64).create();
      const server = service.server();
      const [hostile, honest] = [service.client(), service.client()];
      const pending = hostile.sendCopy(1n);
      const other = honest.sendCopy(2n);
      const [first, second] = [server.receive()!, server.receive()!];
      assert.equal(first.sendCopy(10n), 1);
      using connection = new TamperedConnection(domain.config, server.id, hostile.id);
      connection.write64(connection.submission.readPosition, 100n);
      // The buffer has room for two as far as the server saw: it does not look before the third.
      assert.equal(first.sendCopy(11n), 1);
      assert.equal(first.sendCopy(12n), 0);
      assert.equal(first.isConnected, false);
      assert.equal(second.sendCopy(20n), 1);
      assert.deepEqual(responses(other), [20n]);
      assert.match(log.messages.join("\n"), /warn: server of service "a": a connection is corrupted/);
      for (const held of [first, second, pending, other]) held.release();
      for (const client of [hostile, honest]) client.close();
      server.close();
      assert.equal(ledger.inUse, 0);
    }),
  );
});

describe("a hostile server", () => {
  it(
    "that answers another request than it was asked is not heard",
    inDomain((node, domain) => {
      using ledger = new ChunkLedger();
      const service = node.service("a").requestResponse(u64, u64).create();
      const server = service.server();
      const client = service.client();
      const pending = client.sendCopy(1n);
      const request = server.receive()!;
      request.sendCopy(2n);
      assert(tamper(domain, server.id, ANSWERED_REQUEST, 0n, 7n) > 0);
      assert.deepEqual(responses(pending), []);
      request.sendCopy(3n);
      assert.deepEqual(responses(pending), [3n]);
      for (const held of [pending, request]) held.release();
      client.close();
      server.close();
      assert.equal(ledger.inUse, 0);
    }),
  );

  for (const length of [9n, ...HUGE]) {
    it(
      `cannot claim that its response has ${length} elements`,
      inDomain((node, domain) => {
        using log = new LogCapture();
        const service = node.service("a").requestResponse(u64, bytes).create();
        const server = service.server({ initialMaxSliceLen: 8 });
        using pending = service.client().sendCopy(1n);
        using request = server.receive()!;
        request.sendCopy([1, 2, 3]);
        assert(tamper(domain, server.id, RESPONSE_LENGTH, 3n, length) > 0);
        request.sendCopy([4, 5]);
        assert.deepEqual(pending.receive()?.payload, Uint8Array.of(4, 5));
        assert.match(log.messages.join("\n"), /a response of \d+ elements was discarded/);
      }),
    );
  }

  it(
    "that opens, closes or hints in channels as it likes fools only itself",
    inDomain((node, domain) => {
      const service = node.service("a").requestResponse(u64, u64).create({ maxServers: 2 });
      const [hostile, honest] = [service.server(), service.server()];
      const client = service.client();
      for (const server of [hostile, honest]) server.updateConnections();
      using connection = new TamperedConnection(domain.config, hostile.id, client.id);
      for (const state of [0n, 5n, 2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n]) {
        for (let channel = 0; channel < 18; channel++) {
          connection.write64(CHANNEL_AREA + CHANNEL_SIZE * channel, state);
        }
        using pending = client.sendCopy(1n);
        using request = honest.receive()!;
        assert.equal(request.isConnected, true);
        request.sendCopy(2n);
        assert.deepEqual(responses(pending), [2n]);
        hostile.receive()?.release();
      }
    }),
  );
});
