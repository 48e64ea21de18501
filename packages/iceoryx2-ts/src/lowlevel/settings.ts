/** The configuration objects of pyo3-iceoryx2, whose settings are really applied here, and its string values. */
import { InvalidArgumentError } from "../base/general-errors.ts";
import type { AllocationStrategy, BackpressureStrategy } from "../config/settings.ts";
import type { EventQos } from "../service/event.ts";
import type { PublishSubscribeQos } from "../service/publish-subscribe.ts";

/** Settings of a publish-subscribe service; what is left out is the default of iceoryx2. */
export interface ServiceConfig extends PublishSubscribeQos {
  /** In bytes; a power of two. */
  readonly payloadAlignment?: number | undefined;
}

/** Settings of an event service; what is left out is the default of iceoryx2. */
export interface EventServiceConfig extends EventQos {}

export interface PublisherConfig {
  /** The longest message at first, in bytes, and for ever with "static"; 512 by default. */
  readonly initialMaxSliceLen?: number | undefined;
  /** How memory for longer messages is had; "static", not at all, by default. */
  readonly allocationStrategy?: "static" | "best_fit" | "power_of_two" | AllocationStrategy | undefined;
  /** What is done about a subscriber without room, in a service without safe overflow; "discard_sample" by default. */
  readonly unableToDeliverStrategy?: "block" | "discard_sample" | BackpressureStrategy | undefined;
  /** 10 by default. */
  readonly maxLoanedSamples?: number | undefined;
}

export interface SubscriberConfig {
  /** How many messages wait per publisher at most; 1 by default. */
  readonly bufferSize?: number | undefined;
}

const ALLOCATION_STRATEGIES: Readonly<Record<string, AllocationStrategy>> = {
  static: "Static",
  best_fit: "BestFit",
  power_of_two: "PowerOfTwo",
  Static: "Static",
  BestFit: "BestFit",
  PowerOfTwo: "PowerOfTwo",
};

const BACKPRESSURE_STRATEGIES: Readonly<Record<string, BackpressureStrategy>> = {
  block: "RetryUntilDelivered",
  discard_sample: "DiscardData",
  RetryUntilDelivered: "RetryUntilDelivered",
  DiscardData: "DiscardData",
};

/** @throws InvalidArgumentError */
export function allocationStrategyOf({ allocationStrategy = "static" }: PublisherConfig): AllocationStrategy {
  return lookUp("allocationStrategy", allocationStrategy, ALLOCATION_STRATEGIES);
}

/** @throws InvalidArgumentError */
export function backpressureStrategyOf({
  unableToDeliverStrategy = "discard_sample",
}: PublisherConfig): BackpressureStrategy {
  return lookUp("unableToDeliverStrategy", unableToDeliverStrategy, BACKPRESSURE_STRATEGIES);
}

function lookUp<T>(setting: string, value: string, known: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(known, value)) return known[value]!;
  const values = Object.keys(known).map((name) => `"${name}"`);
  throw new InvalidArgumentError(
    "publisher configuration",
    `cannot create a publisher: ${setting} is "${value}", but must be one of ${values.join(", ")}.`,
  );
}
