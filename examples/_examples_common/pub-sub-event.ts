/** What the participants of a publish-subscribe service tell each other: the ids of upstream's examples. */
export const PubSubEvent = {
  PublisherConnected: 0,
  PublisherDisconnected: 1,
  SubscriberConnected: 2,
  SubscriberDisconnected: 3,
  SentSample: 4,
  ReceivedSample: 5,
  SentHistory: 6,
  ProcessDied: 7,
} as const;
