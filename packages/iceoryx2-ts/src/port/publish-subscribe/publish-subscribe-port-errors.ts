/** Why a publisher or subscriber cannot be created; names and codes are upstream's. */
import { Iox2Error } from "../../base/iox2-error.ts";

const publisherCreateCodes = [
  "ExceedsMaxSupportedPublishers",
  "UnableToCreateDataSegment",
  "UnableToCreatePortTag",
] as const;
export class PublisherCreateError extends Iox2Error<(typeof publisherCreateCodes)[number]> {
  static override readonly className: string = "PublisherCreateError";
  static readonly codes: readonly string[] = publisherCreateCodes;
}

const subscriberCreateCodes = [
  "ExceedsMaxSupportedSubscribers",
  "BufferSizeExceedsMaxSupportedBufferSizeOfService",
  "HistoryRequestExceedsHistorySizeOfService",
  "HistoryRequestExceedsBufferSizeOfSubscriber",
  "UnableToCreatePortTag",
] as const;
export class SubscriberCreateError extends Iox2Error<(typeof subscriberCreateCodes)[number]> {
  static override readonly className: string = "SubscriberCreateError";
  static readonly codes: readonly string[] = subscriberCreateCodes;
}
