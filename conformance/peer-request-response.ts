/** Upstream's side of request-response: the commands of python/request_response.py. */
import type { PayloadType, RequestResponseQos } from "iceoryx2-ts";
import type { Held, Verb } from "./participant.ts";
import type { Peer, PeerObject, PeerPort } from "./peer.ts";
import {
  camelCase,
  describeType,
  drop,
  renameKeys,
  snakeCase,
  snakeCaseKeys,
  wrapHeld,
} from "./peer-words.ts";
import type {
  ActiveRequestState,
  CallReport,
  HeldResponse,
  ParticipantActiveRequest,
  ParticipantClient,
  ParticipantLoan,
  ParticipantPending,
  ParticipantRequestResponse,
  ParticipantServer,
  PendingState,
  ReceivedRequest,
  ReceivedResponse,
  RequestResponseOptions,
} from "./request-response-participant.ts";

/** How long a mass exchange waits for the next message before it reports, in seconds. */
const PATIENCE = 60;

/** The service is named "a service" everywhere. */
export async function openInPeer(
  peer: Peer,
  node: number,
  verb: Verb,
  request: PayloadType,
  response: PayloadType,
  { qos = {}, attributes, requestUserHeader, responseUserHeader, ...alignments }: RequestResponseOptions = {},
): Promise<ParticipantRequestResponse> {
  const describe = (type: PayloadType | undefined): unknown =>
    type === undefined ? null : describeType(type);
  const { handle } = await peer.request<PeerObject>("request_response", {
    node,
    name: "a service",
    verb: snakeCase(verb),
    request: describe(request),
    response: describe(response),
    request_header: describe(requestUserHeader),
    response_header: describe(responseUserHeader),
    qos: snakeCaseKeys({ ...qos, ...alignments }),
    attributes: attributes === undefined ? null : Object.entries(attributes),
  });
  return wrapService(peer, handle);
}

interface ServiceFacts {
  readonly qos: object;
  readonly ports: { readonly clients: number; readonly servers: number };
}

function wrapService(peer: Peer, service: number): ParticipantRequestResponse {
  const facts = (): Promise<ServiceFacts> => peer.request("request_response_config", { service });
  const create = (kind: "client" | "server", options: object): Promise<PeerPort> =>
    peer.request(kind, { service, options: snakeCaseKeys(options) });
  return {
    client: async (options = {}) => wrapClient(peer, await create("client", options)),
    server: async (options = {}) => wrapServer(peer, await create("server", options)),
    settings: async () =>
      renameKeys((await facts()).qos, camelCase) as unknown as Required<RequestResponseQos>,
    numberOfPorts: async () => (await facts()).ports,
    close: () => drop(peer, service),
  };
}

function wrapClient(peer: Peer, { handle: client, id }: PeerPort): ParticipantClient {
  return {
    id,
    send: async (value, userHeader = null) =>
      wrapPending(peer, await peer.request("send_request", { client, value, user_header: userHeader })),
    sendCopy: async (value) => wrapPending(peer, await peer.request("send_request_copy", { client, value })),
    async loan(length = 1) {
      const loan = await peer.request<PeerObject>("loan_request", { client, length });
      return wrapLoan(peer, loan, "send_loaned_request", (sent) => wrapPending(peer, sent as PeerObject));
    },
    callMany: (requests, responses) =>
      peer.request<CallReport>("call_many", { client, requests, responses, timeout: PATIENCE }),
    close: () => drop(peer, client),
  };
}

function wrapLoan<Sent>(
  peer: Peer,
  loan: PeerObject,
  command: "send_loaned_request" | "send_loaned_response",
  wrap: (sent: unknown) => Sent,
): ParticipantLoan<Sent> {
  return {
    ...wrapHeld(peer, loan),
    send: async (value, userHeader = null) =>
      wrap(await peer.request(command, { loan: loan.handle, value, user_header: userHeader })),
  };
}

function wrapPending(peer: Peer, object: PeerObject): ParticipantPending {
  const pending = object.handle;
  return {
    ...wrapHeld(peer, object),
    state: async () => toMessage<PendingState>(await peer.request("pending_state", { pending })),
    request: async () => toMessage<ReceivedRequest>(await peer.request("read_request", { request: pending })),
    async receive(max = Number.MAX_SAFE_INTEGER) {
      const responses = await peer.request<object[]>("receive_responses", { pending, max_responses: max });
      return responses.map((response) => toMessage<ReceivedResponse>(response));
    },
    async hold() {
      const response = await peer.request<PeerObject | null>("hold_response", { pending });
      return response === null ? undefined : wrapResponse(peer, response);
    },
    async setDisconnectHint() {
      await peer.request("set_disconnect_hint", { pending });
    },
  };
}

function wrapResponse(peer: Peer, response: PeerObject): HeldResponse {
  return {
    ...wrapHeld(peer, response),
    read: async () =>
      toMessage<ReceivedResponse>(await peer.request("read_response", { response: response.handle })),
  };
}

function wrapServer(peer: Peer, { handle: server, id }: PeerPort): ParticipantServer {
  return {
    id,
    hasRequests: () => peer.request<boolean>("has_requests", { server }),
    async receive() {
      const request = await peer.request<PeerObject | null>("receive_request", { server });
      return request === null ? undefined : wrapActiveRequest(peer, request);
    },
    serveMany: (requests, responses) =>
      peer.request("serve_many", { server, requests, responses, timeout: PATIENCE }),
    close: () => drop(peer, server),
  };
}

function wrapActiveRequest(peer: Peer, { handle, ...facts }: PeerObject): ParticipantActiveRequest {
  const request = handle;
  const held: Held = wrapHeld(peer, { handle });
  return {
    ...held,
    received: toMessage<ReceivedRequest>(facts),
    read: async () => toMessage<ReceivedRequest>(await peer.request("read_request", { request })),
    state: async () => toMessage<ActiveRequestState>(await peer.request("active_state", { request })),
    async respond(values, userHeader = null) {
      await peer.request("respond", { request, values, user_header: userHeader });
    },
    async respondCopy(value) {
      await peer.request("respond_copy", { request, value });
    },
    async loan(length = 1) {
      const loan = await peer.request<PeerObject>("loan_response", { request, length });
      return wrapLoan(peer, loan, "send_loaned_response", () => undefined);
    },
  };
}

/** Upstream's names are ours in snake case; what is not there is undefined. */
function toMessage<Message>(facts: object): Message {
  const entries = Object.entries(facts).map(([name, value]) => [camelCase(name), value ?? undefined]);
  return Object.fromEntries(entries) as Message;
}
