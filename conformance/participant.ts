/**
 * A node of any language, as tests see it: the same few operations, so that one test runs in both directions.
 *
 * Payloads travel as plain values: runs of elements are arrays, but for bytes, which are a `Uint8Array`.
 */
import type {
  FixedType,
  PayloadType,
  PublisherOptions,
  PublishSubscribeQos,
  SubscriberOptions,
} from "iceoryx2-ts";
import type { ParticipantRequestResponse, RequestResponseOptions } from "./request-response-participant.ts";

export type Language = "TypeScript" | PeerLanguage;
/** The languages of upstream's own implementations. */
export type PeerLanguage = "Python" | "Rust";
export type Verb = "create" | "open" | "openOrCreate";

export interface ServiceOptions {
  readonly qos?: PublishSubscribeQos;
  readonly userHeader?: FixedType;
  readonly payloadAlignment?: number;
  /** What the service gets when it is created, and must have when it is opened. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface Participant {
  readonly language: Language;
  /** The id of the node. */
  readonly id: bigint;
  /** The service is named "a service" everywhere. */
  service(verb: Verb, payload: PayloadType, options?: ServiceOptions): Promise<ParticipantService>;
  requestResponse(
    verb: Verb,
    request: PayloadType,
    response: PayloadType,
    options?: RequestResponseOptions,
  ): Promise<ParticipantRequestResponse>;
  /** Closes the node with everything in it. Doing it twice is allowed. */
  close(): Promise<void>;
}

export interface ParticipantService {
  publisher(options?: PublisherOptions): Promise<ParticipantPublisher>;
  subscriber(options?: SubscriberOptions): Promise<ParticipantSubscriber>;
  settings(): Promise<Required<PublishSubscribeQos>>;
  attributes(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

interface Port {
  readonly id: bigint;
  close(): Promise<void>;
}

export interface ParticipantPublisher extends Port {
  /** Sends the values one after the other. @returns the number of receivers of each. */
  send(values: readonly unknown[], userHeader?: unknown): Promise<readonly number[]>;
  /** Sends the messages 0 to count - 1 of numbered-messages.ts and waits for room where nothing may be lost. */
  sendNumbered(count: number, words: number): Promise<void>;
  loan(): Promise<Held>;
  updateConnections(): Promise<void>;
}

export interface ParticipantSubscriber extends Port {
  /** Connects to publishers that came. */
  hasSamples(): Promise<boolean>;
  /** Receives and releases everything that waits, at most `max` samples. */
  receive(max?: number): Promise<readonly ReceivedMessage[]>;
  /** Receives a sample and holds it; undefined if none waits. */
  hold(): Promise<HeldMessage | undefined>;
  /** Receives numbered messages until number `last` came; gives up when nothing comes after `sending` settled. */
  receiveNumbered(last: number, sending: Promise<unknown>): Promise<NumberedReport>;
}

export interface ReceivedMessage {
  readonly payload: unknown;
  readonly userHeader: unknown;
  readonly publisherId: bigint;
  readonly nodeId: bigint;
  readonly numberOfElements: number;
}

export interface Held {
  /** Gives the memory back. */
  release(): Promise<void>;
}

export interface HeldMessage extends Held {
  /** What the sample shows now. */
  payload(): Promise<unknown>;
}

/** What became of numbered messages. */
export interface NumberedReport {
  readonly received: number;
  /** Numbers that never came. */
  readonly skipped: number;
  /** Messages whose words do not belong together. */
  readonly corrupt: number;
  /** Messages with a number that was behind already. */
  readonly disordered: number;
}

/** The payloads of messages. */
export function payloadsOf(messages: readonly ReceivedMessage[]): unknown[] {
  return messages.map(({ payload }) => payload);
}
