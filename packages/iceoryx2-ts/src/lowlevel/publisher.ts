import type { WaitOptions } from "../lifecycle/waiting.ts";
import { bytes } from "../payload/slice.ts";
import type { Publisher as BytesPublisher } from "../port/publish-subscribe/publisher.ts";
import { Home, type PortOptions } from "./home.ts";
import {
  allocationStrategyOf,
  backpressureStrategyOf,
  type PublisherConfig,
  type ServiceConfig,
} from "./settings.ts";

const INITIAL_MAX_SLICE_LEN = 512;
const MAX_LOANED_SAMPLES = 10;

/** Sends bytes to all subscribers of a service. */
export class Publisher implements Disposable {
  readonly name: string;
  readonly #home: Home;
  readonly #port: BytesPublisher<typeof bytes>;

  private constructor(name: string, home: Home, port: BytesPublisher<typeof bytes>) {
    this.name = name;
    this.#home = home;
    this.#port = port;
  }

  /**
   * @param name of the service, which is created if there is none, else opened; every setting that is given is
   *   demanded then.
   * @throws PublishSubscribeOpenOrCreateError, PublisherCreateError, NodeCreationFailure, InvalidArgumentError,
   *   InvalidNameError; nothing is left behind then.
   */
  static create(
    name: string,
    { payloadAlignment, ...qos }: ServiceConfig = {},
    publisherConfig: PublisherConfig = {},
    options: PortOptions = {},
  ): Publisher {
    const portOptions = {
      initialMaxSliceLen: publisherConfig.initialMaxSliceLen ?? INITIAL_MAX_SLICE_LEN,
      maxLoanedSamples: publisherConfig.maxLoanedSamples ?? MAX_LOANED_SAMPLES,
      allocationStrategy: allocationStrategyOf(publisherConfig),
      backpressureStrategy: backpressureStrategyOf(publisherConfig),
    };
    const home = new Home(options);
    const port = home.furnish((node) => {
      using service = node.service(name).publishSubscribe(bytes, { payloadAlignment }).openOrCreate(qos);
      return service.publisher(portOptions);
    });
    return new Publisher(name, home, port);
  }

  get closed(): boolean {
    return this.#port.closed;
  }

  /**
   * Copies a message into shared memory and delivers it. Never waits.
   *
   * @returns how many subscribers got it.
   * @throws SendError `UnableToDeliver` if a subscriber has no room and the strategy is "block": nobody got it.
   * @throws LoanError `ExceedsMaxLoanSize` for a message that is too long, `OutOfMemory`; ClosedError
   */
  push(message: Uint8Array): number {
    return this.#port.sendCopy(message);
  }

  /**
   * As `push`, but waits until there is room where the strategy is "block". Messages are served in the order of the
   * calls, and copied when their turn comes.
   *
   * @throws TimeoutError, ClosedError, the signal's reason: nobody got it then. LoanError, SendError
   */
  async send(message: Uint8Array, options: WaitOptions = {}): Promise<number> {
    return this.#port.send(message, options);
  }

  close(): void {
    this.#port.close();
    this.#home.leave();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
