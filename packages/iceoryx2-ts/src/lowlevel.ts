/// <reference lib="esnext.disposable" preserve="true" />
export type { PortOptions } from "./lowlevel/home.ts";
export { Listener, type WaitEventOptions } from "./lowlevel/listener.ts";
export { Notifier } from "./lowlevel/notifier.ts";
export { Publisher } from "./lowlevel/publisher.ts";
export type {
  EventServiceConfig,
  PublisherConfig,
  ServiceConfig,
  SubscriberConfig,
} from "./lowlevel/settings.ts";
export { Subscriber } from "./lowlevel/subscriber.ts";
