/** What upstream's suite demands of the types of requests and responses, as far as no other test shows it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { array, bytes, f64, slice, struct, u8, u16, u32, u64 } from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe("the types of requests and responses", () => {
  test(
    "may all be different",
    inDomain((node) => {
      const service = node
        .service("a")
        .requestResponse(f64, u16, { requestUserHeader: u32, responseUserHeader: u64 })
        .create();
      const server = service.server();
      const pending = service.client().sendCopy(98912389128312.25, { userHeader: 89213998 });
      assert.deepEqual([pending.payload, pending.userHeader], [98912389128312.25, 89213998]);
      const request = server.receive()!;
      assert.deepEqual([request.payload, request.userHeader], [98912389128312.25, 89213998]);
      assert.equal(request.sendCopy(17821, { userHeader: 467440737095516161n }), 1);
      const response = pending.receive()!;
      assert.deepEqual([response.payload, response.userHeader], [17821, 467440737095516161n]);
    }),
  );

  test(
    "may be headers of kilobytes, which are zero until they are written",
    inDomain((node) => {
      const Header = struct("Header", { bytes: array(u8, 4096) });
      const headers = { requestUserHeader: Header, responseUserHeader: Header };
      for (const type of [u64, slice(u64)] as const) {
        using service = node.service(type.kind).requestResponse(u64, type, headers).create();
        using server = service.server();
        using client = service.client();
        const loan = client.loan();
        assert.deepEqual([...loan.userHeader.bytes], Array(4096).fill(0));
        for (let at = 0; at < 4096; at++) loan.userHeader.bytes[at] = at % 231;
        using pending = loan.send();
        using request = server.receive()!;
        assert.deepEqual(
          [...request.userHeader.bytes],
          times(4096, (at) => at % 231),
        );
        const answer = type.kind === "fixed" ? request.loanUninit() : request.loanUninit(1);
        assert.deepEqual([...answer.userHeader.bytes], Array(4096).fill(0));
        for (let at = 0; at < 4096; at++) answer.userHeader.bytes[at] = at % 229;
        answer.send();
        using response = pending.receive()!;
        assert.deepEqual(
          [...response.userHeader.bytes],
          times(4096, (at) => at % 229),
        );
      }
    }),
  );

  test(
    "are aligned as the creator wanted it, also for who did not ask",
    inDomain((node) => {
      const alignments = { requestPayloadAlignment: 512, responsePayloadAlignment: 1024 };
      const qos = { maxLoanedRequests: 9, maxActiveRequestsPerClient: 9, maxResponseBufferSize: 21 };
      const server = node.service("a").requestResponse(bytes, bytes, alignments).create(qos).server();
      const client = node.service("a").requestResponse(bytes, bytes).open().client();
      const aligned = (alignment: number, { payload }: { readonly payload: Uint8Array }): void =>
        assert.equal(payload.byteOffset % alignment, 0);
      const loans = times(9, () => client.loan(1));
      for (const loan of loans) {
        aligned(512, loan);
        using pending = loan.send();
        using request = server.receive()!;
        aligned(512, request);
        for (let count = 0; count < 21; count++) {
          const answer = request.loan(1);
          aligned(1024, answer);
          answer.send();
        }
        for (let response = pending.receive(); response; response = pending.receive()) {
          aligned(1024, response);
          response.release();
        }
      }
    }),
  );

  test(
    "are zero in a loan, unless it shall show what was there",
    inDomain((node) => {
      const service = node.service("a").requestResponse(u64, u64).create();
      const server = service.server({ overrideResponsePreallocation: () => 1 });
      const client = service.client({ overrideRequestPreallocation: () => 2 });
      using _pending = client.sendCopy(1n);
      using request = server.receive()!;
      for (const lender of [client, request]) {
        const written = lender.loan();
        written.payload = 4711n;
        written.release();
        const shown = lender.loanUninit();
        assert.equal(shown.payload, 4711n);
        shown.release();
        using zeroed = lender.loan();
        assert.equal(zeroed.payload, 0n);
      }
    }),
  );
});
