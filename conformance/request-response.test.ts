/** Request-response in every combination of languages: what clients and servers do, one at a time. */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { bytes, f64, i32, slice, struct, u8, u16, u32, u64 } from "iceoryx2-ts";
import { skipWithoutPython } from "./python.ts";
import { testAll } from "./request-response-cases.ts";

const TransmissionData = struct("TransmissionData", { x: i32, y: i32, funky: f64 });

const ALL_QOS = {
  enableSafeOverflowForRequests: false,
  enableSafeOverflowForResponses: false,
  enableFireAndForgetRequests: false,
  maxActiveRequestsPerClient: 3,
  maxLoanedRequests: 5,
  maxResponseBufferSize: 7,
  maxServers: 2,
  maxClients: 4,
  maxNodes: 13,
  maxBorrowedResponsesPerPendingResponse: 15,
};

describe("clients and servers", { skip: skipWithoutPython }, () => {
  testAll(
    "agree about a service with all settings",
    [bytes, slice(u16)],
    { qos: ALL_QOS, attributes: { kind: "test" } },
    async (a, b) => {
      assert.deepEqual(await a.settings(), ALL_QOS);
      assert.deepEqual(await b.settings(), ALL_QOS);
      assert.deepEqual(await b.numberOfPorts(), { clients: 0, servers: 0 });
      const client = await a.client({ name: "front", maxActiveRequests: 2 });
      const server = await b.server({ maxLoanedResponsesPerRequest: 3, backpressureStrategy: "DiscardData" });
      assert.deepEqual(await b.numberOfPorts(), { clients: 1, servers: 1 });
      await client.close();
      await server.close();
      assert.deepEqual(await a.numberOfPorts(), { clients: 0, servers: 0 });
    },
  );

  testAll(
    "exchange a request and a stream of responses, with user headers",
    [TransmissionData, u64],
    { requestUserHeader: u32, responseUserHeader: u8, requestPayloadAlignment: 64 },
    async (a, b) => {
      const client = await a.client();
      const server = await b.server();
      const payload = { x: 1, y: 2, funky: 3.5 };
      const pending = await client.send(payload, 7);
      assert.equal(await server.hasRequests(), true);
      const active = await server.receive();
      assert(active !== undefined);
      const request = { payload, userHeader: 7, numberOfElements: 1, clientId: client.id };
      assert.deepEqual(active.received, request);
      assert.deepEqual(await active.read(), request);
      assert.deepEqual(await pending.request(), request);
      await active.respond([1n, 2n], 9);
      const held = await pending.hold();
      const response = { payload: 1n, userHeader: 9, numberOfElements: 1, serverId: server.id };
      assert.deepEqual(await held?.read(), response);
      assert.deepEqual(await pending.receive(), [{ ...response, payload: 2n }]);
      await held?.release();
      assert.deepEqual(await pending.state(), {
        isConnected: true,
        numberOfServerConnections: 1,
        hasResponse: false,
      });
      await active.release();
      assert.equal((await pending.state()).isConnected, false);
      await pending.release();
    },
  );

  testAll("exchange what they loaned and what the library copies", [u64, u64], {}, async (a, b) => {
    const client = await a.client();
    const server = await b.server();
    const unsent = await client.loan();
    const loan = await client.loan();
    await assert.rejects(client.loan(), { code: /ExceedsMaxLoans/ });
    const pending = [await loan.send(1n), await client.sendCopy(2n)];
    await unsent.release();
    for (const [index, { receive, release }] of pending.entries()) {
      const active = await server.receive();
      assert.equal(active?.received.payload, BigInt(index + 1));
      const response = await active.loan();
      await active.respondCopy(10n);
      await response.send(20n);
      assert.deepEqual(
        (await receive()).map(({ payload }) => payload),
        [10n, 20n],
      );
      await active.release();
      await release();
    }
    assert.equal(await server.receive(), undefined);
  });

  testAll("exchange slices that grow", [bytes, slice(u16)], {}, async (a, b) => {
    const client = await a.client({ initialMaxSliceLen: 1, allocationStrategy: "PowerOfTwo" });
    const server = await b.server({ initialMaxSliceLen: 1, allocationStrategy: "BestFit" });
    for (const length of [1, 10, 100]) {
      const pending = await client.send(new Uint8Array(length).fill(length));
      const active = await server.receive();
      assert.deepEqual(active?.received.payload, new Uint8Array(length).fill(length));
      const answer = Array.from({ length: 2 * length }, (_, i) => i);
      await active.respond([answer]);
      await active.release();
      const [response] = await pending.receive();
      assert.deepEqual(response?.payload, answer);
      await pending.release();
    }
  });

  testAll("see how the other one lost its interest", [u64, u64], {}, async (a, b) => {
    const client = await a.client();
    const server = await b.server();
    const pending = await client.send(1n);
    const active = await server.receive();
    assert(active !== undefined);
    assert.deepEqual(await active.state(), { isConnected: true, hasDisconnectHint: false });
    await pending.setDisconnectHint();
    assert.deepEqual(await active.state(), { isConnected: true, hasDisconnectHint: true });
    await pending.release();
    assert.deepEqual(await active.state(), { isConnected: false, hasDisconnectHint: false });
    await active.release();
  });

  testAll("exchange many messages", [u64, u64], { qos: { maxResponseBufferSize: 3 } }, async (a, b) => {
    const client = await a.client();
    const server = await b.server();
    const serving = server.serveMany(300, 3);
    assert.deepEqual(await client.callMany(300, 3), { received: 900, wrong: 0 });
    assert.deepEqual(await serving, { served: 300 });
  });
});
