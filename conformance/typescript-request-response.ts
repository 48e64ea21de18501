/** Our own side of request-response. */
import { setImmediate as turn } from "node:timers/promises";
import type {
  ActiveRequest,
  Client,
  FixedType,
  Loan,
  Node,
  PayloadType,
  PendingResponse,
  RequestResponseService,
  Response,
  Server,
} from "iceoryx2-ts";
import type { Verb } from "./participant.ts";
import type {
  HeldResponse,
  ParticipantActiveRequest,
  ParticipantClient,
  ParticipantLoan,
  ParticipantPending,
  ParticipantRequestResponse,
  ParticipantServer,
  ReceivedRequest,
  ReceivedResponse,
  RequestResponseOptions,
} from "./request-response-participant.ts";
import { plain, plainHeader, wrapHeld } from "./typescript-values.ts";

type Header = FixedType | undefined;
type AnyRequestResponseService = RequestResponseService<PayloadType, PayloadType, Header, Header>;
type AnyClient = Client<PayloadType, PayloadType, Header, Header>;
type AnyPendingResponse = PendingResponse<PayloadType, PayloadType, Header, Header>;
type AnyServer = Server<PayloadType, PayloadType, Header, Header>;
type AnyActiveRequest = ActiveRequest<PayloadType, PayloadType, Header, Header>;

/** The service is named "a service" everywhere. */
export function openInTypeScript(
  node: Node,
  verb: Verb,
  request: PayloadType,
  response: PayloadType,
  { qos, attributes, ...types }: RequestResponseOptions = {},
): ParticipantRequestResponse {
  const verbs = node
    .service("a service")
    .requestResponse<PayloadType, PayloadType, Header, Header>(request, response, types);
  return wrapService(
    verb === "create"
      ? verbs.create({ ...qos, attributes })
      : verbs[verb]({ ...qos, requireAttributes: attributes }),
  );
}

function wrapService(service: AnyRequestResponseService): ParticipantRequestResponse {
  return {
    client: async (options) => wrapClient(service.client(options)),
    server: async (options) => wrapServer(service.server(options)),
    async settings() {
      const {
        kind: _,
        requestMessageTypeDetails: __,
        responseMessageTypeDetails: ___,
        ...qos
      } = service.staticConfig;
      return qos;
    },
    numberOfPorts: async () => ({ clients: service.numberOfClients, servers: service.numberOfServers }),
    close: async () => service.close(),
  };
}

function extras(userHeader: unknown): object {
  return userHeader === undefined ? {} : { userHeader };
}

function wrapClient(client: AnyClient): ParticipantClient {
  return {
    id: client.id,
    send: async (value, userHeader) => wrapPending(client.sendCopy(value, extras(userHeader))),
    sendCopy: async (value) => wrapPending(client.sendCopy(value)),
    loan: async (length = 1) => wrapLoan(client.loan(length), wrapPending),
    async callMany(requests, responses) {
      let received = 0;
      let wrong = 0;
      for (let value = 0; value < requests * responses; value += responses) {
        using pending = client.sendCopy(BigInt(value));
        for (let expected = value; expected < value + responses; ) {
          using response = pending.receive();
          if (response === undefined) {
            await turn();
            continue;
          }
          if (response.payload !== BigInt(expected)) wrong++;
          received++;
          expected++;
        }
      }
      return { received, wrong };
    },
    close: async () => client.close(),
  };
}

function wrapLoan<Sent, Wrapped>(
  loan: Loan<PayloadType, Header, Sent>,
  wrap: (sent: Sent) => Wrapped,
): ParticipantLoan<Wrapped> {
  return {
    ...wrapHeld(loan),
    async send(value, userHeader) {
      loan.payload = value;
      if (userHeader !== undefined) throw new Error("the tests fill user headers of loans elsewhere");
      return wrap(loan.send());
    },
  };
}

function wrapPending(pending: AnyPendingResponse): ParticipantPending {
  return {
    ...wrapHeld(pending),
    state: async () => ({
      isConnected: pending.isConnected,
      numberOfServerConnections: pending.numberOfServerConnections,
      hasResponse: pending.hasResponse(),
    }),
    request: async () => toRequest(pending),
    async receive(max = Number.POSITIVE_INFINITY) {
      const responses: ReceivedResponse[] = [];
      while (responses.length < max) {
        using response = pending.receive();
        if (response === undefined) break;
        responses.push(toResponse(response));
      }
      return responses;
    },
    async hold() {
      const response = pending.receive();
      return response && wrapResponse(response);
    },
    setDisconnectHint: async () => pending.setDisconnectHint(),
  };
}

function toRequest(request: Pick<AnyPendingResponse, "payload" | "userHeader" | "header">): ReceivedRequest {
  const { clientId, numberOfElements } = request.header;
  return {
    payload: plain(plainHeader(request.payload)),
    userHeader: plainHeader(request.userHeader),
    numberOfElements,
    clientId,
  };
}

function toResponse(response: Response<PayloadType, Header>): ReceivedResponse {
  const { serverId, numberOfElements } = response.header;
  return {
    payload: plain(response.copy()),
    userHeader: plainHeader(response.userHeader),
    numberOfElements,
    serverId,
  };
}

function wrapResponse(response: Response<PayloadType, Header>): HeldResponse {
  return { ...wrapHeld(response), read: async () => toResponse(response) };
}

function wrapServer(server: AnyServer): ParticipantServer {
  return {
    id: server.id,
    hasRequests: async () => server.hasRequests(),
    async receive() {
      const request = server.receive();
      return request && wrapActiveRequest(request);
    },
    async serveMany(requests, responses) {
      for (let served = 0; served < requests; ) {
        using request = server.receive();
        if (request === undefined) {
          await turn();
          continue;
        }
        for (let index = 0; index < responses; index++) {
          request.sendCopy((request.payload as unknown as bigint) + BigInt(index));
        }
        served++;
      }
      return { served: requests };
    },
    close: async () => server.close(),
  };
}

function wrapActiveRequest(request: AnyActiveRequest): ParticipantActiveRequest {
  return {
    ...wrapHeld(request),
    received: toRequest(request),
    read: async () => toRequest(request),
    state: async () => ({
      isConnected: request.isConnected,
      hasDisconnectHint: request.hasDisconnectHint,
    }),
    async respond(values, userHeader) {
      for (const value of values) request.sendCopy(value, extras(userHeader));
    },
    async respondCopy(value) {
      request.sendCopy(value);
    },
    loan: async (length = 1) => wrapLoan(request.loan(length), () => undefined),
  };
}
