/** What upstream's suite demands of requests and responses that grow. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type AllocationStrategy,
  array,
  bytes,
  LoanError,
  type Node,
  setLogger,
  slice,
  struct,
  u8,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

const Block = struct("Block", { bytes: array(u8, 1024) });
const GROWING: readonly AllocationStrategy[] = ["BestFit", "PowerOfTwo"];

interface SenderOptions {
  readonly initialMaxSliceLen: number;
  readonly allocationStrategy?: AllocationStrategy;
}

/** From a sender of bytes to its receiver. */
interface Way {
  /** Loans and gives back. */
  tryLoan(length: number): void;
  /** Sends so many bytes of a value. @returns what arrives. */
  exchange(length: number, value: number): Uint8Array;
}

function requests(node: Node, options: SenderOptions): Way {
  const service = node.service("a").requestResponse(bytes, u8).create();
  const client = service.client(options);
  const server = service.server();
  return {
    tryLoan: (length) => client.loanUninit(length).release(),
    exchange(length, value) {
      const loan = client.loanUninit(length);
      loan.payload.fill(value);
      using _pending = loan.send();
      using request = server.receive()!;
      return request.copy();
    },
  };
}

function responses(node: Node, options: SenderOptions): Way {
  const service = node.service("a").requestResponse(u8, bytes).create();
  const server = service.server(options);
  const pending = service.client().sendCopy(0);
  const request = server.receive()!;
  return {
    tryLoan: (length) => request.loanUninit(length).release(),
    exchange(length, value) {
      const loan = request.loanUninit(length);
      loan.payload.fill(value);
      loan.send();
      using response = pending.receive()!;
      return response.copy();
    },
  };
}

function isLoanError(code: LoanError["code"]): (error: unknown) => boolean {
  return (error) => error instanceof LoanError && error.code === code;
}

/** Calls it and returns what is logged meanwhile. */
function logOf(body: () => void): string {
  const messages: string[] = [];
  setLogger({ log: (_level, _origin, message) => messages.push(message) });
  try {
    body();
  } finally {
    setLogger(undefined);
  }
  return messages.join("\n");
}

for (const [what, open] of [
  ["requests", requests],
  ["responses", responses],
] as const) {
  describe(`${what} of bytes`, () => {
    test(
      "are as long as was planned with the strategy Static",
      inDomain((node) => {
        const way = open(node, { initialMaxSliceLen: 1024, allocationStrategy: "Static" });
        for (const length of [1023, 1024]) way.tryLoan(length);
        assert.throws(() => way.tryLoan(1025), isLoanError("ExceedsMaxLoanSize"));
      }),
    );

    test(
      "may grow if that is configured",
      inDomain(
        (node) => {
          const way = open(node, { initialMaxSliceLen: 4 });
          assert.deepEqual(way.exchange(5, 7), new Uint8Array(5).fill(7));
        },
        {
          defaults: {
            requestResponse: {
              clientAllocationStrategy: "PowerOfTwo",
              serverAllocationStrategy: "PowerOfTwo",
            },
          },
        },
      ),
    );

    for (const allocationStrategy of GROWING) {
      test(
        `arrive in every length (${allocationStrategy})`,
        inDomain((node) => {
          const way = open(node, { initialMaxSliceLen: 1, allocationStrategy });
          for (let round = 0; round < 128; round++) {
            const length = 32 * (round + 1);
            assert.deepEqual(way.exchange(length, round), new Uint8Array(length).fill(round));
          }
        }),
      );
    }

    test(
      "run out of segments in the end with the strategy BestFit",
      inDomain((node) => {
        const way = open(node, { initialMaxSliceLen: 1, allocationStrategy: "BestFit" });
        assert.throws(() => {
          for (let length = 32; length < 32 * 1000; length += 32) way.tryLoan(length);
        }, isLoanError("OutOfMemory"));
      }),
    );
  });
}

describe("requests and responses of blocks", () => {
  test(
    "arrive in every number, aligned",
    inDomain((node) => {
      const types = { requestPayloadAlignment: 1024, responsePayloadAlignment: 1024 };
      const service = node.service("a").requestResponse(slice(Block), slice(Block), types).create();
      const options = { initialMaxSliceLen: 1, allocationStrategy: "PowerOfTwo" } as const;
      const client = service.client(options);
      const server = service.server(options);
      for (let length = 1; length < 100; length++) {
        const loan = client.loan(length);
        loan.payload.at(length - 1)!.bytes[1023] = length;
        using pending = loan.send();
        using request = server.receive()!;
        assert.equal(request.header.numberOfElements, length);
        assert.equal(request.payload.at(length - 1)!.bytes[1023], length);
        const answer = request.loan(length);
        answer.payload.at(0)!.bytes[0] = length;
        assert.equal(answer.payload.at(0)!.bytes.byteOffset % 1024, 0);
        answer.send();
        using response = pending.receive()!;
        assert.equal(response.header.numberOfElements, length);
        assert.equal(response.payload.length, length);
        assert.equal(response.payload.at(0)!.bytes[0], length);
      }
    }),
  );
});

describe("what nobody mapped before its sender left", () => {
  test(
    "is lost without an error: responses",
    inDomain((node) => {
      const service = node.service("a").requestResponse(u8, bytes).create();
      const client = service.client();
      const server = service.server({ initialMaxSliceLen: 1, allocationStrategy: "BestFit" });
      using pending = client.sendCopy(0);
      const request = server.receive()!;
      request.sendCopy([1]);
      using response = pending.receive()!;
      assert.deepEqual(response.payload, Uint8Array.of(1));
      request.sendCopy(new Uint8Array(4097));
      server.close();
      request.release();
      const log = logOf(() => assert.equal(pending.receive(), undefined));
      assert.match(log, /a chunk is lost/);
    }),
  );

  test(
    "is lost without an error: requests",
    inDomain((node) => {
      const service = node.service("a").requestResponse(bytes, u8).create();
      const server = service.server();
      const client = service.client({ initialMaxSliceLen: 1, allocationStrategy: "BestFit" });
      client.sendCopy([1]).release();
      using request = server.receive()!;
      assert.deepEqual(request.payload, Uint8Array.of(1));
      client.sendCopy(new Uint8Array(4097)).release();
      client.close();
      const log = logOf(() => assert.equal(server.receive(), undefined));
      assert.match(log, /a chunk is lost/);
    }),
  );
});
