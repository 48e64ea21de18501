/**
 * The messaging patterns as tables of the static configuration.
 *
 * Every number here decides about the size of memory that we map or allocate, and any process can write the file.
 * The limits are far above what anybody uses and keep each later product of two of them exact.
 */
import { checkTypeName } from "../base/names.ts";
import {
  boolean,
  type Codec,
  decodeTable,
  duration,
  integer,
  oneOf,
  optional,
  record,
  reject,
  text,
  u64,
} from "../config/toml-codec.ts";
import type { TypeDetail } from "../payload/type-detail.ts";
import type {
  BlackboardPattern,
  ClockTime,
  EventDeadline,
  EventPattern,
  MessageTypeDetails,
  MessagingPattern,
  PublishSubscribePattern,
  RequestResponsePattern,
} from "./messaging-pattern.ts";

/** Ports and nodes have an entry in the dynamic configuration, elements one in a queue. */
const count = integer(2 ** 24);
/** Every id has a place in each listener's event channel. */
const eventId = integer(2 ** 32 - 1);
/** In bytes. */
const size = integer(2 ** 40);
const MAX_ALIGNMENT = 2 ** 30;

const alignment: Codec<number> = {
  decode(raw, key): number {
    const value = integer(MAX_ALIGNMENT).decode(raw, key);
    return value > 0 && (value & (value - 1)) === 0 ? value : reject(raw, key, "a power of two");
  },
  encode: (value) => value,
};

const typeDetail = record<TypeDetail>("snake_case", {
  variant: oneOf("FixedSize", "Dynamic"),
  typeName: text(checkTypeName),
  size,
  alignment,
});

const messageTypeDetails = record<MessageTypeDetails>("snake_case", {
  header: typeDetail,
  userHeader: typeDetail,
  payload: typeDetail,
});

const publishSubscribe = record<Omit<PublishSubscribePattern, "kind">>("snake_case", {
  maxSubscribers: count,
  maxPublishers: count,
  maxNodes: count,
  historySize: count,
  subscriberMaxBufferSize: count,
  subscriberMaxBorrowedSamples: count,
  enableSafeOverflow: boolean,
  messageTypeDetails,
});

const deadline = record<EventDeadline>("snake_case", {
  creationTime: record<ClockTime>("snake_case", {
    clockType: oneOf("Monotonic", "Realtime"),
    seconds: u64,
    nanoseconds: integer(2 ** 32 - 1),
  }),
  value: duration("seconds", "nanoseconds"),
});

const event = record<Omit<EventPattern, "kind">>("snake_case", {
  maxNotifiers: count,
  maxListeners: count,
  maxNodes: count,
  eventIdMaxValue: eventId,
  deadline: optional(deadline, undefined),
  notifierCreatedEvent: optional(eventId, undefined),
  notifierDroppedEvent: optional(eventId, undefined),
  notifierDeadEvent: optional(eventId, undefined),
});

const requestResponse = record<Omit<RequestResponsePattern, "kind">>("snake_case", {
  enableSafeOverflowForRequests: boolean,
  enableSafeOverflowForResponses: boolean,
  enableFireAndForgetRequests: boolean,
  maxActiveRequestsPerClient: count,
  maxLoanedRequests: count,
  maxResponseBufferSize: count,
  maxServers: count,
  maxClients: count,
  maxNodes: count,
  maxBorrowedResponsesPerPendingResponse: count,
  requestMessageTypeDetails: messageTypeDetails,
  responseMessageTypeDetails: messageTypeDetails,
});

const blackboard = record<Omit<BlackboardPattern, "kind">>("snake_case", {
  maxReaders: count,
  maxWriters: count,
  maxNodes: count,
  typeDetails: typeDetail,
});

/** A table with a single key, the name of the pattern. */
export const messagingPattern: Codec<MessagingPattern> = {
  decode(raw, key): MessagingPattern {
    const table = decodeTable(raw, key);
    const [kind, ...others] = Object.keys(table);
    if (kind === undefined || others.length > 0) return reject(raw, key, "a table with one key");
    const pattern = table[kind];
    const patternKey = `${key}.${kind}`;
    switch (kind) {
      case "PublishSubscribe":
        return { kind, ...publishSubscribe.decode(pattern, patternKey) };
      case "Event":
        return { kind, ...event.decode(pattern, patternKey) };
      case "RequestResponse":
        return { kind, ...requestResponse.decode(pattern, patternKey) };
      case "Blackboard":
        return { kind, ...blackboard.decode(pattern, patternKey) };
      default:
        return reject(kind, key, "PublishSubscribe, Event, RequestResponse or Blackboard");
    }
  },
  encode(pattern): unknown {
    switch (pattern.kind) {
      case "PublishSubscribe":
        return { PublishSubscribe: publishSubscribe.encode(pattern) };
      case "Event":
        return { Event: event.encode(pattern) };
      case "RequestResponse":
        return { RequestResponse: requestResponse.encode(pattern) };
      case "Blackboard":
        return { Blackboard: blackboard.encode(pattern) };
    }
  },
};
