/** Our own side of a conformance test. */
import { setImmediate as turn } from "node:timers/promises";
import {
  type FixedType,
  Node,
  type PayloadType,
  type Publisher,
  type PublishSubscribeService,
  type Sample,
  SendError,
  type Subscriber,
} from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { NumberedCheck, writeNumbered } from "./numbered-messages.ts";
import type {
  HeldMessage,
  Participant,
  ParticipantPublisher,
  ParticipantService,
  ParticipantSubscriber,
  ReceivedMessage,
} from "./participant.ts";
import { openInTypeScript } from "./typescript-request-response.ts";
import { plain, plainHeader, wrapHeld } from "./typescript-values.ts";

type Header = FixedType | undefined;

/** How many samples are sent in one turn of the event loop. */
const BURST = 64;

/** A new node of ours. */
export async function joinAsTypeScript({ config }: TestDomain): Promise<Participant> {
  const node = Node.create({ name: "ours", config });
  return {
    language: "TypeScript",
    id: node.id,
    close: async () => node.close(),
    requestResponse: async (...args) => openInTypeScript(node, ...args),
    async service(verb, payload, options = {}) {
      const { qos, attributes, payloadAlignment, userHeader } = options;
      const verbs = node
        .service("a service")
        .publishSubscribe<PayloadType, Header>(payload, { payloadAlignment, userHeader });
      return wrapService(
        verb === "create"
          ? verbs.create({ ...qos, attributes })
          : verbs[verb]({ ...qos, requireAttributes: attributes }),
      );
    },
  };
}

function wrapService(service: PublishSubscribeService<PayloadType, Header>): ParticipantService {
  return {
    publisher: async (options) => wrapPublisher(service.publisher(options)),
    subscriber: async (options) => wrapSubscriber(service.subscriber(options)),
    async settings() {
      const { kind: _, messageTypeDetails: __, ...settings } = service.staticConfig;
      return settings;
    },
    attributes: async () => Object.fromEntries(service.attributes.map(({ key, value }) => [key, value])),
    close: async () => service.close(),
  };
}

function wrapPublisher(publisher: Publisher<PayloadType, Header>): ParticipantPublisher {
  return {
    id: publisher.id,
    send: async (values, userHeader) =>
      values.map((value) => publisher.sendCopy(value, userHeader === undefined ? {} : { userHeader })),
    async sendNumbered(count, words) {
      for (let sequence = 0; sequence < count; sequence++) {
        using loan = publisher.loanUninit(words);
        if (words > 1) writeNumbered(loan.payload as BigUint64Array, sequence);
        else loan.payload = BigInt(sequence);
        while (!sendIfThereIsRoom(loan)) await turn();
        if (sequence % BURST === BURST - 1) await turn();
      }
    },
    loan: async () => wrapHeld(publisher.loan(1)),
    updateConnections: async () => publisher.updateConnections(),
    close: async () => publisher.close(),
  };
}

function sendIfThereIsRoom(loan: { send(): number }): boolean {
  try {
    loan.send();
    return true;
  } catch (error) {
    if (error instanceof SendError && error.code === "UnableToDeliver") return false;
    throw error;
  }
}

function wrapSubscriber(subscriber: Subscriber<PayloadType, Header>): ParticipantSubscriber {
  return {
    id: subscriber.id,
    hasSamples: async () => subscriber.hasSamples(),
    async receive(max = Number.POSITIVE_INFINITY) {
      const messages: ReceivedMessage[] = [];
      while (messages.length < max) {
        using sample = subscriber.receive();
        if (sample === undefined) break;
        messages.push(toMessage(sample));
      }
      return messages;
    },
    async hold() {
      const sample = subscriber.receive();
      return sample && wrapSample(sample);
    },
    async receiveNumbered(last, sending) {
      const check = new NumberedCheck();
      let settled = false;
      const settle = (): void => {
        settled = true;
      };
      sending.then(settle, settle);
      while (check.expected <= last) {
        const wasSettled = settled;
        const drained = subscriber.drain((sample) => check.add(words(sample.payload)));
        if (wasSettled && drained === 0) break;
        await turn();
      }
      return check.report;
    },
    close: async () => subscriber.close(),
  };
}

function words(payload: unknown): BigUint64Array {
  return typeof payload === "bigint" ? BigUint64Array.of(payload) : (payload as BigUint64Array);
}

function toMessage(sample: Sample<PayloadType, Header>): ReceivedMessage {
  const { header } = sample;
  return { payload: plain(sample.copy()), userHeader: plainHeader(sample.userHeader), ...header };
}

function wrapSample(sample: Sample<PayloadType, Header>): HeldMessage {
  return { ...wrapHeld(sample), payload: async () => plain(sample.copy()) };
}
