/** What users may decide when a peer is full or cannot be reached. Upstream: back-pressure and degradation handlers. */

/**
 * What to do about a receiver without room: what the port's strategy says; wait for it, as "RetryUntilDelivered" does;
 * leave it out; or leave it out and fail when the others were served.
 */
export type BackpressureAction =
  | "FollowBackpressureStrategy"
  | "Retry"
  | "DiscardData"
  | "DiscardDataAndFail";

export interface BackpressureInfo {
  readonly serviceId: bigint;
  readonly senderPortId: bigint;
  readonly receiverPortId: bigint;
  /** How often it was asked about that receiver and the present message before. */
  readonly retries: number;
  /** Since it was asked so first, in milliseconds. */
  readonly elapsedTime: number;
}

/**
 * Called once per message for each connected receiver without room, and by a send that waits again as long as it
 * answers "Retry". Never called in a service with safe overflow.
 */
export type BackpressureHandler = (info: BackpressureInfo) => BackpressureAction;

export type DegradationCause = "FailedToEstablishConnection" | "ConnectionCorrupted";

/** What to do about a connection that cannot be used: nothing; log it; or let the operation fail that found it. */
export type DegradationAction = "Ignore" | "Warn" | "DegradeAndFail";

export interface DegradationInfo {
  readonly serviceId: bigint;
  readonly senderPortId: bigint;
  readonly receiverPortId: bigint;
  readonly error: unknown;
}

/** Without one the action is "Warn". */
export type DegradationHandler = (cause: DegradationCause, info: DegradationInfo) => DegradationAction;
