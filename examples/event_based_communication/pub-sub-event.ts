/** What publishers and subscribers tell each other: the ids of upstream's example of the same name. */
export const PubSubEvent = {
  PublisherConnected: 0,
  PublisherDisconnected: 1,
  SubscriberConnected: 2,
  SubscriberDisconnected: 3,
  SentSample: 4,
  ReceivedSample: 5,
  SentHistory: 6,
} as const;

/** Both programs can be told another one. */
export const SERVICE_NAME: string = process.env["IOX2_SERVICE_NAME"] ?? "My/Funk/ServiceName";
