/** What upstream's suite demands of request-response services, beside what holds for every pattern. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ClientCreateError,
  f32,
  i64,
  type PayloadType,
  RequestResponseCreateError,
  RequestResponseOpenError,
  type RequestResponseQos,
  ServerCreateError,
  Service,
  slice,
  u8,
  u16,
  u64,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

const isTaken = (error: unknown): boolean =>
  error instanceof RequestResponseCreateError && error.code === "AlreadyExists";

const isOtherType = (error: unknown): boolean =>
  error instanceof RequestResponseOpenError && error.code === "IncompatibleRequestOrResponseType";

const HEADERS = "iceoryx2::service::header::request_response::";

describe("a request-response service", () => {
  test(
    "is not opened with other types, nor with a slice or without",
    inDomain((node) => {
      const types: readonly PayloadType[] = [u64, i64, slice(u64)];
      const pairs = types.flatMap((request) => types.map((response) => [request, response] as const));
      for (const [request, response] of pairs) {
        using _service = node.service("a").requestResponse(request, response).create();
        for (const opened of pairs) {
          const verbs = node.service("a").requestResponse(...opened);
          if (opened[0] === request && opened[1] === response) verbs.open().close();
          else assert.throws(() => verbs.open(), isOtherType);
        }
      }
    }),
  );

  test(
    "is not opened with user headers that it does not have",
    inDomain((node) => {
      node.service("a").requestResponse(u64, u64).create();
      for (const types of [{ requestUserHeader: u64 }, { responseUserHeader: u64 }]) {
        assert.throws(() => node.service("a").requestResponse(u64, u64, types).open(), isOtherType);
      }
    }),
  );

  for (const name of ["requestPayloadAlignment", "responsePayloadAlignment"] as const) {
    test(
      `may be aligned more strictly than its type and its openers demand, not less: ${name}`,
      inDomain((node) => {
        const verbs = (alignment: number) =>
          node.service("a").requestResponse(u64, u64, { [name]: alignment });
        const details =
          name === "requestPayloadAlignment" ? "requestMessageTypeDetails" : "responseMessageTypeDetails";
        const loose = verbs(2).create();
        assert.equal(loose.staticConfig[details].payload.alignment, 8);
        assert.throws(() => verbs(512).open(), isOtherType);
        loose.close();
        const strict = verbs(512).create();
        for (const alignment of [128, 512]) {
          assert.equal(verbs(alignment).open().staticConfig[details].payload.alignment, 512);
        }
        strict.close();
      }),
    );
  }

  test(
    "tells its types as a Rust peer would",
    inDomain((node) => {
      const { staticConfig } = node
        .service("a")
        .requestResponse(u64, slice(u8), { requestUserHeader: f32, responseUserHeader: u16 })
        .create();
      const fixed = (typeName: string, size: number, alignment = size) => ({
        variant: "FixedSize",
        typeName,
        size,
        alignment,
      });
      assert.deepEqual(staticConfig.requestMessageTypeDetails, {
        header: fixed(`${HEADERS}RequestHeader`, 64, 8),
        userHeader: fixed("f32", 4),
        payload: fixed("u64", 8),
      });
      assert.deepEqual(staticConfig.responseMessageTypeDetails, {
        header: fixed(`${HEADERS}ResponseHeader`, 56, 8),
        userHeader: fixed("u16", 2),
        payload: { ...fixed("u8", 1), variant: "Dynamic" },
      });
    }),
  );

  test(
    "has the settings of its creator, whoever opens it",
    inDomain((node) => {
      const qos: RequestResponseQos = {
        enableSafeOverflowForRequests: false,
        enableSafeOverflowForResponses: false,
        enableFireAndForgetRequests: false,
        maxActiveRequestsPerClient: 1,
        maxResponseBufferSize: 6,
        maxServers: 7,
        maxClients: 8,
        maxNodes: 9,
        maxBorrowedResponsesPerPendingResponse: 20,
        maxLoanedRequests: 21,
      };
      const created = node.service("a").requestResponse(u64, u64).create(qos);
      const opened = node.service("a").requestResponse(u64, u64).open();
      assert.deepEqual({ ...created.staticConfig, ...qos }, created.staticConfig);
      assert.deepEqual(opened.staticConfig, created.staticConfig);
    }),
  );

  for (const [port, limit, type, code] of [
    ["client", "maxClients", ClientCreateError, "ExceedsMaxSupportedClients"],
    ["server", "maxServers", ServerCreateError, "ExceedsMaxSupportedServers"],
  ] as const) {
    test(
      `has as many ports as it allows, and room for another one when one leaves: ${port}`,
      inDomain((node) => {
        for (let maximum = 1; maximum < 8; maximum++) {
          using service = node
            .service("a")
            .requestResponse(u64, u64)
            .create({ [limit]: maximum });
          const ports = Array.from({ length: maximum }, () => service[port]());
          assert.throws(
            () => service[port](),
            (error) => error instanceof type && error.code === code,
          );
          ports.pop()!.close();
          ports.push(service[port]());
          for (const each of ports) each.close();
        }
      }),
    );
  }

  test(
    "is there as long as a request is answered",
    inDomain((node, { domain }) => {
      const verbs = node.service("a").requestResponse(u64, u64);
      const service = verbs.create();
      const client = service.client();
      const server = service.server();
      const pending = client.sendCopy(8182982n);
      const request = server.receive()!;
      for (const part of [service, client, server]) part.close();
      assert.throws(() => verbs.create(), isTaken);
      verbs.open().close();
      assert.equal(request.sendCopy(78223n), 1);
      const response = pending.receive()!;
      assert.equal(response.payload, 78223n);
      for (const held of [request, response, pending]) held.release();
      assert.equal(Service.doesExist("a", "RequestResponse", domain.config), false);
      verbs.create();
    }),
  );

  test(
    "works on when it is given up, and for who opens it later",
    inDomain((node) => {
      const verbs = node.service("a").requestResponse(u64, u64);
      for (const first of ["client", "server"] as const) {
        const service = verbs.create();
        let client = service.client();
        let server = service.server();
        service.close();
        client.sendCopy(1n).release();
        const early = server.receive()!;
        assert.equal(early.payload, 1n);
        early.release();
        (first === "client" ? client : server).close();
        const opened = verbs.open();
        if (first === "client") client = opened.client();
        else server = opened.server();
        client.sendCopy(2n).release();
        const late = server.receive()!;
        assert.equal(late.payload, 2n);
        late.release();
        for (const part of [opened, client, server]) part.close();
      }
    }),
  );
});
