/** Upstream's side of a conformance test: a node in a process of its own, Python or Rust. */
import type { PublishSubscribeQos } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import type {
  HeldMessage,
  NumberedReport,
  Participant,
  ParticipantPublisher,
  ParticipantService,
  ParticipantSubscriber,
  PeerLanguage,
  ReceivedMessage,
} from "./participant.ts";
import { Peer, type PeerObject, type PeerPort, type PeerSample } from "./peer.ts";
import { openInPeer } from "./peer-request-response.ts";
import {
  camelCase,
  describeType,
  drop,
  renameKeys,
  snakeCase,
  snakeCaseKeys,
  wrapHeld,
} from "./peer-words.ts";

/** How long a subscriber waits for the next numbered message before it reports, in seconds. */
const PATIENCE = 60;

/** A participant whose process a test can reach. */
export interface PeerParticipant extends Participant {
  readonly peer: Peer;
  /** The handle of the node. */
  readonly node: number;
  service(...args: Parameters<Participant["service"]>): Promise<PeerService>;
}

/** A service, with the means to ask for what a `Participant` does not do. */
export interface PeerService extends ParticipantService {
  readonly handle: number;
  publisher(options?: object): Promise<ParticipantPublisher & PeerObject>;
  subscriber(options?: object): Promise<ParticipantSubscriber & PeerObject>;
}

/** A new node of upstream's, in a new process. */
export async function joinAsPeer(language: PeerLanguage, domain: TestDomain): Promise<PeerParticipant> {
  const peer = await Peer.start(language);
  const { handle: node, id } = await peer.request<PeerPort>("node_create", {
    prefix: domain.prefix,
    root_path: domain.rootPath,
    name: "theirs",
  });
  return {
    language,
    peer,
    node,
    id,
    close: () => peer.close(),
    async service(verb, payload, { qos = {}, attributes, payloadAlignment, userHeader } = {}) {
      const { handle } = await peer.request<PeerObject>("publish_subscribe", {
        node,
        name: "a service",
        verb: snakeCase(verb),
        payload: describeType(payload),
        qos: snakeCaseKeys({ ...qos, payloadAlignment }),
        user_header: userHeader === undefined ? null : describeType(userHeader),
        attributes: attributes === undefined ? null : Object.entries(attributes),
      });
      return wrapService(peer, handle);
    },
    requestResponse: (...args) => openInPeer(peer, node, ...args),
  };
}

function wrapService(peer: Peer, service: number): PeerService {
  const create = (kind: "publisher" | "subscriber", options: object): Promise<PeerPort> =>
    peer.request<PeerPort>(kind, { service, options: snakeCaseKeys(options) });
  return {
    handle: service,
    publisher: async (options = {}) => wrapPublisher(peer, await create("publisher", options)),
    subscriber: async (options = {}) => wrapSubscriber(peer, await create("subscriber", options)),
    async settings() {
      const {
        publishers: _,
        subscribers: __,
        ...settings
      } = await peer.request<Record<string, unknown>>("publish_subscribe_config", { service });
      const { hasSafeOverflow, ...limits } = renameKeys(settings, camelCase);
      return { ...limits, enableSafeOverflow: hasSafeOverflow } as Required<PublishSubscribeQos>;
    },
    attributes: async () =>
      Object.fromEntries(await peer.request<[string, string][]>("service_attributes", { service })),
    close: () => drop(peer, service),
  };
}

function wrapPublisher(peer: Peer, { handle, id }: PeerPort): ParticipantPublisher & PeerObject {
  return {
    handle,
    id,
    send: (values, userHeader = null) =>
      peer.request<number[]>("send", { publisher: handle, values, user_header: userHeader }),
    async sendNumbered(count, words) {
      await peer.request("send_many", { publisher: handle, count, words });
    },
    loan: async () =>
      wrapHeld(peer, await peer.request<PeerObject>("loan", { publisher: handle, length: 1 })),
    async updateConnections() {
      await peer.request("update_connections", { port: handle });
    },
    close: () => drop(peer, handle),
  };
}

function wrapSubscriber(peer: Peer, { handle, id }: PeerPort): ParticipantSubscriber & PeerObject {
  const subscriber = handle;
  return {
    handle,
    id,
    hasSamples: () => peer.request<boolean>("has_samples", { subscriber }),
    async receive(max = Number.MAX_SAFE_INTEGER) {
      const samples = await peer.request<PeerSample<unknown, unknown>[]>("receive", {
        subscriber,
        max_samples: max,
      });
      return samples.map(toMessage);
    },
    async hold() {
      const sample = await peer.request<PeerObject | null>("receive_and_hold", { subscriber });
      return sample === null ? undefined : wrapSample(peer, sample);
    },
    receiveNumbered: (last) =>
      peer.request<NumberedReport>("receive_many", { subscriber, first: 0, last, timeout: PATIENCE }),
    close: () => drop(peer, handle),
  };
}

function toMessage(sample: PeerSample<unknown, unknown>): ReceivedMessage {
  return {
    payload: sample.payload,
    userHeader: sample.user_header ?? undefined,
    publisherId: sample.publisher_id,
    nodeId: sample.node_id,
    numberOfElements: sample.number_of_elements,
  };
}

function wrapSample(peer: Peer, sample: PeerObject): HeldMessage {
  return {
    ...wrapHeld(peer, sample),
    payload: async () => (await peer.request<PeerSample>("read_held", { sample: sample.handle })).payload,
  };
}
