/** Creating clients and servers: their options, and why it fails. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import { ClosedError, InvalidArgumentError, InvalidNameError } from "../../base/general-errors.ts";
import type { Iox2Error } from "../../base/iox2-error.ts";
import { array } from "../../payload/array.ts";
import { u64 } from "../../payload/scalars.ts";
import { bytes, slice } from "../../payload/slice.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LoanError } from "../common/port-errors.ts";
import { ClientCreateError, ServerCreateError } from "./request-response-port-errors.ts";

const QOS = { maxClients: 1, maxServers: 1, maxActiveRequestsPerClient: 3, maxLoanedRequests: 2 };

function service(node: Node): RequestResponseService<typeof bytes, typeof bytes> {
  return node.service("a").requestResponse(bytes, bytes).create(QOS);
}

function refuses(
  create: () => unknown,
  type: abstract new (...args: never) => Iox2Error,
  code: string,
  message: RegExp,
): void {
  assert.throws(create, (error) => {
    assert(error instanceof type, String(error));
    assert.equal((error as Iox2Error).code, code);
    assert.match((error as Iox2Error).message, message);
    return true;
  });
}

const NOT_COUNTS = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "1", null];

describe("clients and servers", () => {
  it(
    "have defaults from the configuration",
    inDomain(
      (node) => {
        const a = service(node);
        const client = a.client();
        assert.equal(client.backpressureStrategy, "DiscardData");
        assert.equal(client.allocationStrategy, "BestFit");
        const server = a.server();
        assert.equal(server.backpressureStrategy, "RetryUntilDelivered");
        assert.equal(server.allocationStrategy, "PowerOfTwo");
        assert.equal(server.maxLoanedResponsesPerRequest, 9);
      },
      {
        defaults: {
          requestResponse: {
            clientBackpressureStrategy: "DiscardData",
            clientAllocationStrategy: "BestFit",
            serverAllocationStrategy: "PowerOfTwo",
            serverMaxLoanedResponsesPerRequest: 9,
          },
        },
      },
    ),
  );

  it(
    "take no options that are none",
    inDomain((node) => {
      const a = service(node);
      for (const value of NOT_COUNTS as number[]) {
        const options = [{ maxActiveRequests: value }, { initialMaxSliceLen: value }];
        for (const option of options) {
          refuses(
            () => a.client(option),
            InvalidArgumentError,
            "InvalidArgument",
            /cannot create a client of/,
          );
        }
        for (const option of [{ maxLoanedResponsesPerRequest: value }, { initialMaxSliceLen: value }]) {
          refuses(
            () => a.server(option),
            InvalidArgumentError,
            "InvalidArgument",
            /cannot create a server of/,
          );
        }
      }
      for (const name of ["x".repeat(65), "ä"]) {
        assert.throws(() => a.client({ name }), InvalidNameError);
        assert.throws(() => a.server({ name }), InvalidNameError);
      }
      assert.throws(() => a.client({ overrideRequestPreallocation: () => 0.5 }), InvalidArgumentError);
      assert.throws(
        () => a.server({ overrideResponsePreallocation: () => Number.NaN }),
        InvalidArgumentError,
      );
      assert.deepEqual([a.numberOfClients, a.numberOfServers], [0, 0]);
    }),
  );

  it(
    "are as many as the service allows",
    inDomain((node) => {
      const a = service(node);
      const client = a.client();
      const server = a.server();
      refuses(
        () => a.client(),
        ClientCreateError,
        "ExceedsMaxSupportedClients",
        /1 clients already \(maxClients: 1\)/,
      );
      refuses(
        () => a.server(),
        ServerCreateError,
        "ExceedsMaxSupportedServers",
        /1 servers already \(maxServers: 1\)/,
      );
      client.close();
      server.close();
      a.client();
      a.server();
    }),
  );

  it(
    "ask for no more active requests than the service allows; zero is one",
    inDomain((node) => {
      const a = service(node);
      refuses(
        () => a.client({ maxActiveRequests: 4 }),
        ClientCreateError,
        "MaxActiveRequestsExceedsMaxSupportedActiveRequestsOfService",
        /maxActiveRequests is 4, but the service allows 3/,
      );
      assert.equal(a.client({ maxActiveRequests: 0 }).maxActiveRequests, 1);
    }),
  );

  it(
    "need memory",
    inDomain((node) => {
      // More than any machine can address: less may be had, for nobody pays for what is not used yet.
      const large = slice(array(u64, 1024));
      const a = node.service("a").requestResponse(large, large).create();
      const tooLong = { initialMaxSliceLen: 2 ** 40 };
      refuses(
        () => a.client(tooLong),
        ClientCreateError,
        "UnableToCreateDataSegment",
        /no memory for 18 chunks/,
      );
      refuses(
        () => a.server(tooLong),
        ServerCreateError,
        "UnableToCreateDataSegment",
        /no memory for \d+ chunks/,
      );
      assert.deepEqual([a.numberOfClients, a.numberOfServers], [0, 0]);
    }),
  );

  it(
    "belong to a service that is open",
    inDomain((node) => {
      const a = service(node);
      a.close();
      assert.throws(() => a.client(), ClosedError);
      assert.throws(() => a.server(), ClosedError);
      assert.throws(() => a.clients(), ClosedError);
    }),
  );

  it(
    "can do with fewer chunks, as long as they last",
    inDomain((node) => {
      const worstCases: number[] = [];
      const override =
        (count: number) =>
        (worstCase: number): number => {
          worstCases.push(worstCase);
          return count;
        };
      const a = node.service("a").requestResponse(u64, u64).create(QOS);
      const client = a.client({ overrideRequestPreallocation: override(0) });
      const server = a.server({ overrideResponsePreallocation: override(2) });
      assert.deepEqual(worstCases, [1 * 2 * 3 + 2, 1 * 2 * 3 * (2 + 2 + 2)]);
      assert.equal(a.clients()[0]?.numberOfRequests, 1, "at least one");
      assert.equal(a.servers()[0]?.numberOfResponses, 2);
      using pending = client.sendCopy(1n);
      refuses(() => client.loan(), LoanError, "OutOfMemory", /all 1 chunks/);
      using request = server.receive()!;
      request.sendCopy(1n);
      request.sendCopy(2n);
      using held = pending.receive()!;
      assert.equal(held.payload, 1n);
      refuses(() => request.sendCopy(3n), LoanError, "OutOfMemory", /all 2 chunks/);
      held.release();
      assert.equal(request.sendCopy(3n), 1, "what was released comes back");
    }),
  );
});
