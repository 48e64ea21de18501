/**
 * One request at a time and its response, polled: "a" is the client, "b" the server, slices of bytes in both
 * directions. The next request is loaned while the response is on its way.
 */
import {
  bytes,
  type Client,
  type Loan,
  type Node,
  type PendingResponse,
  type RequestResponseService,
  type Server,
} from "iceoryx2-ts";
import { measure } from "../statistics.ts";
import type { OpenCommand, Role } from "./protocol.ts";
import type { Exchange } from "./side.ts";
import { Touch } from "./touch.ts";

type Bytes = typeof bytes;

/** How many clients are connected to the server; all but one are idle. */
export const CLIENTS = { call: 1, callAmongEight: 8 } as const;

function openService(
  node: Node,
  { name, pattern, buffer }: OpenCommand,
): RequestResponseService<Bytes, Bytes> {
  return node
    .service(name)
    .requestResponse(bytes, bytes)
    .openOrCreate({
      maxServers: 1,
      maxClients: CLIENTS[pattern as keyof typeof CLIENTS],
      maxActiveRequestsPerClient: 1,
      maxLoanedRequests: 1,
      maxResponseBufferSize: buffer,
      maxBorrowedResponsesPerPendingResponse: 1,
    });
}

export function openCall(node: Node, command: OpenCommand, role: Role): Exchange {
  const service = openService(node, command);
  const turn = role === "a" ? createCaller(service, command) : createAnswerer(service, command);
  return {
    run: (batches, count, touched) =>
      measure(batches, count, (calls) => {
        for (let i = 0; i < calls; i++) turn(touched);
      }),
  };
}

/** Both ends in one thread, for a while. */
export function rehearseCall(node: Node, command: OpenCommand, messages: number): void {
  const service = openService(node, command);
  const client = new Caller(service.client({ initialMaxSliceLen: command.size }), command.size);
  const answer = createAnswerer(service, command);
  // A server that is not there yet gets nothing.
  for (let i = 0; i < messages; i++) {
    const touched = i % 2 === 0;
    client.send(touched);
    answer(touched);
    client.receive(touched);
  }
}

class Caller {
  readonly #client: Client<Bytes, Bytes>;
  readonly #size: number;
  readonly #outgoing: Touch;
  readonly #incoming: Touch;
  #next: Loan<Bytes, undefined, PendingResponse<Bytes, Bytes>>;
  #pending: PendingResponse<Bytes, Bytes> | undefined;

  constructor(client: Client<Bytes, Bytes>, size: number) {
    this.#client = client;
    this.#size = size;
    this.#outgoing = new Touch(size);
    this.#incoming = new Touch(size);
    this.#next = client.loanUninit(size);
  }

  send(touched: boolean): void {
    if (touched) this.#outgoing.write(this.#next.payload);
    this.#pending = this.#next.send();
    this.#next = this.#client.loanUninit(this.#size);
  }

  /** Polls until the response comes. */
  receive(touched: boolean): void {
    const pending = this.#pending!;
    for (;;) {
      const response = pending.receive();
      if (response === undefined) continue;
      if (touched) this.#incoming.read(response.payload);
      response.release();
      pending.release();
      return;
    }
  }
}

function createCaller(
  service: RequestResponseService<Bytes, Bytes>,
  { size, pattern }: OpenCommand,
): (touched: boolean) => void {
  const caller = new Caller(service.client({ initialMaxSliceLen: size }), size);
  for (let idle = 1; idle < CLIENTS[pattern as keyof typeof CLIENTS]; idle++) service.client();
  let isConnected = false;
  return (touched) => {
    // What is sent before the server is there is lost.
    while (!isConnected) isConnected = service.numberOfServers > 0;
    caller.send(touched);
    caller.receive(touched);
  };
}

function createAnswerer(
  service: RequestResponseService<Bytes, Bytes>,
  { size }: OpenCommand,
): (touched: boolean) => void {
  const server: Server<Bytes, Bytes> = service.server({
    initialMaxSliceLen: size,
    maxLoanedResponsesPerRequest: 1,
  });
  const outgoing = new Touch(size);
  const incoming = new Touch(size);
  return (touched) => {
    for (;;) {
      const request = server.receive();
      if (request === undefined) continue;
      if (touched) incoming.read(request.payload);
      const loan = request.loanUninit(size);
      if (touched) outgoing.write(loan.payload);
      loan.send();
      request.release();
      return;
    }
  };
}
