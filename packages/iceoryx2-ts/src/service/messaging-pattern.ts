/**
 * What the creator of a service fixed for everybody who opens it, per messaging pattern. Each pattern lists its
 * values in upstream's order.
 */
import type { TypeDetail } from "../payload/type-detail.ts";

export type MessagingPattern =
  | PublishSubscribePattern
  | EventPattern
  | RequestResponsePattern
  | BlackboardPattern;

export type MessagingPatternKind = MessagingPattern["kind"];

/** The parts of a message. Who opens a service must use the same. */
export interface MessageTypeDetails {
  /** What iceoryx2 itself puts in front of the message. */
  readonly header: TypeDetail;
  readonly userHeader: TypeDetail;
  readonly payload: TypeDetail;
}

export interface PublishSubscribePattern {
  readonly kind: "PublishSubscribe";
  readonly maxSubscribers: number;
  readonly maxPublishers: number;
  readonly maxNodes: number;
  /** How many past samples a new subscriber can ask for. */
  readonly historySize: number;
  /** In samples. */
  readonly subscriberMaxBufferSize: number;
  readonly subscriberMaxBorrowedSamples: number;
  readonly enableSafeOverflow: boolean;
  readonly messageTypeDetails: MessageTypeDetails;
}

export interface EventPattern {
  readonly kind: "Event";
  readonly maxNotifiers: number;
  readonly maxListeners: number;
  readonly maxNodes: number;
  readonly eventIdMaxValue: number;
  readonly deadline: EventDeadline | undefined;
  /** The id that a new notifier sends. */
  readonly notifierCreatedEvent: number | undefined;
  /** The id that a notifier sends when it is closed. */
  readonly notifierDroppedEvent: number | undefined;
  /** The id that is sent when the process of a notifier was found dead. */
  readonly notifierDeadEvent: number | undefined;
}

/** The longest time between two notifications. */
export interface EventDeadline {
  /** When the service was created: the time of the last notification is stored relative to it. */
  readonly creationTime: ClockTime;
  /** In milliseconds. */
  readonly value: number;
}

export interface ClockTime {
  readonly clockType: "Monotonic" | "Realtime";
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

export interface RequestResponsePattern {
  readonly kind: "RequestResponse";
  readonly enableSafeOverflowForRequests: boolean;
  readonly enableSafeOverflowForResponses: boolean;
  readonly enableFireAndForgetRequests: boolean;
  readonly maxActiveRequestsPerClient: number;
  readonly maxLoanedRequests: number;
  readonly maxResponseBufferSize: number;
  readonly maxServers: number;
  readonly maxClients: number;
  readonly maxNodes: number;
  readonly maxBorrowedResponsesPerPendingResponse: number;
  readonly requestMessageTypeDetails: MessageTypeDetails;
  readonly responseMessageTypeDetails: MessageTypeDetails;
}

export interface BlackboardPattern {
  readonly kind: "Blackboard";
  readonly maxReaders: number;
  /** Always 1. */
  readonly maxWriters: number;
  readonly maxNodes: number;
  /** The type of the keys. */
  readonly typeDetails: TypeDetail;
}
