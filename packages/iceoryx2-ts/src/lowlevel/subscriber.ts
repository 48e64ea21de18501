import { bytes } from "../payload/slice.ts";
import type { Subscriber as BytesSubscriber } from "../port/publish-subscribe/subscriber.ts";
import { Home, type PortOptions } from "./home.ts";
import type { ServiceConfig, SubscriberConfig } from "./settings.ts";

const BUFFER_SIZE = 1;

/** Receives the bytes that the publishers of a service send. */
export class Subscriber implements Disposable {
  readonly name: string;
  readonly #home: Home;
  readonly #port: BytesSubscriber<typeof bytes>;

  private constructor(name: string, home: Home, port: BytesSubscriber<typeof bytes>) {
    this.name = name;
    this.#home = home;
    this.#port = port;
  }

  /**
   * @param name of the service, which is created if there is none, else opened; every setting that is given is
   *   demanded then.
   * @throws PublishSubscribeOpenOrCreateError, SubscriberCreateError, NodeCreationFailure, InvalidArgumentError,
   *   InvalidNameError; nothing is left behind then.
   */
  static create(
    name: string,
    { payloadAlignment, ...qos }: ServiceConfig = {},
    { bufferSize = BUFFER_SIZE }: SubscriberConfig = {},
    options: PortOptions = {},
  ): Subscriber {
    const home = new Home(options);
    const port = home.furnish((node) => {
      using service = node.service(name).publishSubscribe(bytes, { payloadAlignment }).openOrCreate(qos);
      return service.subscriber({ bufferSize });
    });
    return new Subscriber(name, home, port);
  }

  get closed(): boolean {
    return this.#port.closed;
  }

  /**
   * Takes the oldest message of a publisher, as a copy; undefined if there is none. Never waits.
   *
   * @throws ReceiveError, ClosedError
   */
  pop(): Uint8Array<ArrayBuffer> | undefined {
    const sample = this.#port.receive();
    if (sample === undefined) return undefined;
    try {
      return sample.copy();
    } finally {
      sample.release();
    }
  }

  close(): void {
    this.#port.close();
    this.#home.leave();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
