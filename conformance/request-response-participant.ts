/**
 * The ports of request-response as tests see them: the same few operations in either language, as `Participant` has
 * them for publish-subscribe.
 */
import type { ClientOptions, FixedType, RequestResponseQos, ServerOptions } from "iceoryx2-ts";
import type { Held } from "./participant.ts";

export interface RequestResponseOptions {
  readonly qos?: RequestResponseQos;
  readonly requestUserHeader?: FixedType;
  readonly responseUserHeader?: FixedType;
  readonly requestPayloadAlignment?: number;
  readonly responsePayloadAlignment?: number;
  /** What the service gets when it is created, and must have when it is opened. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface ParticipantRequestResponse {
  client(options?: ClientOptions): Promise<ParticipantClient>;
  server(options?: ServerOptions): Promise<ParticipantServer>;
  settings(): Promise<Required<RequestResponseQos>>;
  numberOfPorts(): Promise<{ readonly clients: number; readonly servers: number }>;
  close(): Promise<void>;
}

interface Port {
  readonly id: bigint;
  close(): Promise<void>;
}

/** Memory to send from: `send` consumes it. */
export interface ParticipantLoan<Sent> extends Held {
  send(value: unknown, userHeader?: unknown): Promise<Sent>;
}

export interface ParticipantClient extends Port {
  /** Loans, fills and sends a request. */
  send(value: unknown, userHeader?: unknown): Promise<ParticipantPending>;
  /** Sends a request of fixed size that the library copies. */
  sendCopy(value: unknown): Promise<ParticipantPending>;
  /** @param length of a slice. */
  loan(length?: number): Promise<ParticipantLoan<ParticipantPending>>;
  /** Sends requests of a u64 one after the other and waits for all responses to each: see `serveMany`. */
  callMany(requests: number, responses: number): Promise<CallReport>;
}

export interface CallReport {
  readonly received: number;
  /** Responses that are not what `serveMany` sends. */
  readonly wrong: number;
}

export interface PendingState {
  readonly isConnected: boolean;
  readonly numberOfServerConnections: number;
  readonly hasResponse: boolean;
}

export interface ParticipantPending extends Held {
  state(): Promise<PendingState>;
  /** The request that was sent. */
  request(): Promise<ReceivedRequest>;
  /** Receives and releases everything that waits, at most `max` responses. */
  receive(max?: number): Promise<readonly ReceivedResponse[]>;
  /** Receives a response and holds it; undefined if none waits. */
  hold(): Promise<HeldResponse | undefined>;
  setDisconnectHint(): Promise<void>;
}

interface Message {
  readonly payload: unknown;
  readonly userHeader: unknown;
  readonly numberOfElements: number;
}

export interface ReceivedRequest extends Message {
  readonly clientId: bigint;
}

export interface ReceivedResponse extends Message {
  readonly serverId: bigint;
}

export interface HeldResponse extends Held {
  /** What the response shows now. */
  read(): Promise<ReceivedResponse>;
}

export interface ParticipantServer extends Port {
  hasRequests(): Promise<boolean>;
  /** Receives a request, which is active until it is released; undefined if none waits. */
  receive(): Promise<ParticipantActiveRequest | undefined>;
  /** Answers that many requests of a u64 with that many responses each: the request plus 0, 1, 2 ... */
  serveMany(requests: number, responses: number): Promise<{ readonly served: number }>;
}

export interface ActiveRequestState {
  readonly isConnected: boolean;
  readonly hasDisconnectHint: boolean;
}

export interface ParticipantActiveRequest extends Held {
  /** What the request was when it was received. */
  readonly received: ReceivedRequest;
  /** What the request shows now. */
  read(): Promise<ReceivedRequest>;
  state(): Promise<ActiveRequestState>;
  /** Loans, fills and sends a response for each value. */
  respond(values: readonly unknown[], userHeader?: unknown): Promise<void>;
  /** Sends a response of fixed size that the library copies. */
  respondCopy(value: unknown): Promise<void>;
  /** @param length of a slice. */
  loan(length?: number): Promise<ParticipantLoan<void>>;
}
