/** The ports of a socket: one way in and one way out, each a publish-subscribe service and an event service. */
import type { EventService } from "../api/event-service.ts";
import type { Node } from "../api/node.ts";
import type { PublishSubscribeService } from "../api/publish-subscribe-service.ts";
import { hostOs } from "../os/host.ts";
import { bytes } from "../payload/slice.ts";
import { ListenerCreateError } from "../port/event/event-port-errors.ts";
import type { Listener } from "../port/event/listener.ts";
import type { ConnectedListener, Notifier } from "../port/event/notifier.ts";
import type { Publisher } from "../port/publish-subscribe/publisher.ts";
import type { Sample } from "../port/publish-subscribe/sample.ts";
import type { Subscriber } from "../port/publish-subscribe/subscriber.ts";
import { watchLife } from "../recovery/liveness.ts";
import { EventOpenError } from "../service/event-errors.ts";
import { PublishSubscribeOpenError } from "../service/publish-subscribe-errors.ts";
import { BORROWED_MAX } from "./borrowed-message.ts";
import { MessageHeader, sessionOf } from "./message-header.ts";
import { PAGE_SIZE } from "./page.ts";

export type Bytes = typeof bytes;
export type MessagePublisher = Publisher<Bytes, MessageHeader>;
export type MessageSubscriber = Subscriber<Bytes, MessageHeader>;
export type MessageSample = Sample<Bytes, MessageHeader>;
export type MessageService = PublishSubscribeService<Bytes, MessageHeader>;

/** The events between two ends. */
export const LOOK = 0;
export const CAME = 1;
export const LEFT = 2;
export const DIED = 3;

/** One way, from one or some ends to some or one. */
export interface Way {
  readonly name: string;
  readonly maxSenders: number;
  readonly maxReceivers: number;
  /** How many messages may wait for each receiver. */
  readonly bufferSize: number;
  /** Whether it is an error if whoever came first wanted less of these. */
  readonly isDemanded: boolean;
}

/** Of one sender: its page, the one that replaces it, the message that is being taken, and those that users hold. */
const BORROWED: number = 3 + BORROWED_MAX;
/** The first segment; longer messages make more. */
const INITIAL_MAX_SLICE_LEN = 4096;
const NODES_BESIDE_ENDS = 8;

/** The notifier is the last to come and the first to go: it tells the others of all the rest. */
export class Ends implements Disposable {
  readonly inward: MessageService;
  readonly outward: MessageService;
  readonly subscriber: MessageSubscriber;
  readonly publisher: MessagePublisher;
  readonly listener: Listener;
  readonly notifier: Notifier;
  /** Of all messages that are sent from here. */
  readonly session: number;
  readonly #node: Node;
  readonly #handles: readonly Disposable[];

  private constructor(
    node: Node,
    services: { readonly inward: MessageService; readonly outward: MessageService },
    ports: {
      readonly subscriber: MessageSubscriber;
      readonly publisher: MessagePublisher;
      readonly listener: Listener;
      readonly notifier: Notifier;
    },
    handles: readonly Disposable[],
  ) {
    this.inward = services.inward;
    this.outward = services.outward;
    this.subscriber = ports.subscriber;
    this.publisher = ports.publisher;
    this.listener = ports.listener;
    this.notifier = ports.notifier;
    this.session = sessionOf(ports.publisher.id);
    this.#node = node;
    this.#handles = handles;
  }

  /**
   * Makes the ports of an end. The listener decides whose an end is: it is the first to come and the last to go.
   *
   * @param mayLeaveOut whether a receiver without room is left out.
   * @returns undefined if somebody else has the end.
   */
  static async create(
    node: Node,
    inward: Way,
    outward: Way,
    mayLeaveOut: (receiverId: bigint) => boolean,
  ): Promise<Ends | undefined> {
    const handles: Disposable[] = [];
    const keep = <T extends Disposable>(handle: T): T => {
      handles.push(handle);
      return handle;
    };
    try {
      const inEvents = keep(await openEvents(node, inward));
      const listener = keep(inEvents.listener());
      const inService = keep(await openMessages(node, inward));
      const subscriber = keep(inService.subscriber());
      const outService = keep(await openMessages(node, outward));
      const publisher = keep(createPublisher(outService, outward, mayLeaveOut));
      const outEvents = keep(await openEvents(node, outward));
      const notifier = keep(outEvents.notifier());
      return new Ends(
        node,
        { inward: inService, outward: outService },
        { subscriber, publisher, listener, notifier },
        handles,
      );
    } catch (error) {
      closeAll(handles);
      if (error instanceof ListenerCreateError && error.code === "ExceedsMaxSupportedListeners") {
        return undefined;
      }
      throw error;
    }
  }

  /** The listener of another end, to wake that one alone. */
  findListener(id: bigint): ConnectedListener | undefined {
    return this.notifier.listeners().find(({ portId }) => portId === id);
  }

  /**
   * Cleans up after another end as soon as it is found dead, which notifies our listener.
   *
   * @param nodeId that of the other end. @returns how to stop.
   */
  cleanUpAfter(nodeId: bigint): () => void {
    return watchLife(hostOs(), this.#node.config, nodeId, () => {});
  }

  [Symbol.dispose](): void {
    closeAll(this.#handles);
  }
}

function closeAll(handles: readonly Disposable[]): void {
  for (const handle of handles.toReversed()) handle[Symbol.dispose]();
}

async function openEvents(node: Node, way: Way): Promise<EventService> {
  const verbs = node.service(way.name).event();
  const qos = {
    eventIdMaxValue: DIED,
    notifierCreatedEvent: CAME,
    notifierDroppedEvent: LEFT,
    notifierDeadEvent: DIED,
  };
  const { maxSenders, maxReceivers } = way;
  const limits = { maxNotifiers: maxSenders, maxListeners: maxReceivers, maxNodes: maxNodesOf(way) };
  try {
    return await verbs.openOrCreateAsync({ ...qos, ...limits });
  } catch (error) {
    if (way.isDemanded || !(error instanceof EventOpenError && isTooSmall(error))) throw error;
    return verbs.openOrCreateAsync(qos);
  }
}

async function openMessages(node: Node, way: Way): Promise<MessageService> {
  const verbs = node.service(way.name).publishSubscribe(bytes, { userHeader: MessageHeader });
  const qos = {
    historySize: 0,
    enableSafeOverflow: false,
    subscriberMaxBorrowedSamples: BORROWED,
  };
  const { maxSenders, maxReceivers, bufferSize } = way;
  const limits = {
    maxPublishers: maxSenders,
    maxSubscribers: maxReceivers,
    maxNodes: maxNodesOf(way),
    subscriberMaxBufferSize: bufferSize,
  };
  try {
    return await verbs.openOrCreateAsync({ ...qos, ...limits });
  } catch (error) {
    if (way.isDemanded || !(error instanceof PublishSubscribeOpenError && isTooSmall(error))) throw error;
    return verbs.openOrCreateAsync(qos);
  }
}

function maxNodesOf({ maxSenders, maxReceivers }: Way): number {
  return maxSenders + maxReceivers + NODES_BESIDE_ENDS;
}

/** Whether a service has less than was asked for. */
function isTooSmall({ code }: { readonly code: string }): boolean {
  return code.startsWith("DoesNotSupportRequested");
}

/**
 * All receivers get the same messages, and the slowest decides how many are under way. Those who have not joined yet
 * may hold as many older ones; each has a page, and holds some.
 */
function chunksFor({ bufferSize, maxReceivers }: Way): number {
  return 2 * bufferSize + maxReceivers * (1 + BORROWED_MAX) + 2;
}

function createPublisher(
  service: MessageService,
  way: Way,
  mayLeaveOut: (receiverId: bigint) => boolean,
): MessagePublisher {
  return service.publisher({
    allocationStrategy: "PowerOfTwo",
    initialMaxSliceLen: Math.max(INITIAL_MAX_SLICE_LEN, PAGE_SIZE),
    maxLoanedSamples: 1,
    overrideSamplePreallocation: (worstCase) => Math.min(worstCase, chunksFor(way)),
    backpressureStrategy: "RetryUntilDelivered",
    backpressureHandler: ({ receiverPortId }) =>
      mayLeaveOut(receiverPortId) ? "DiscardData" : "FollowBackpressureStrategy",
  });
}
