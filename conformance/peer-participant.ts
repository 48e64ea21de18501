/** Upstream's side of a conformance test: a node in a process of its own, Python or Rust. */
import type { PayloadType, PublishSubscribeQos } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import type {
  Held,
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

export function wrapHeld(peer: Peer, { handle }: PeerObject): Held {
  return { release: () => drop(peer, handle) };
}

/** Destroys an object of the peer. */
export async function drop(peer: Peer, handle: number): Promise<void> {
  await peer.request("drop", { handle });
}

/** Our type in the words of python/payload_types.py and rust/src/publish_subscribe/types.rs. */
export function describeType(type: PayloadType): unknown {
  if (type.kind === "slice") return { slice: describeType(type.element) };
  if ("fields" in type) {
    const fields = Object.entries(type.fields as Readonly<Record<string, PayloadType>>);
    return {
      struct: type.typeName,
      fields: Object.fromEntries(fields.map(([name, field]) => [name, describeType(field)])),
    };
  }
  if ("element" in type && "length" in type) {
    return { array: describeType(type.element as PayloadType), length: type.length };
  }
  return type.typeName;
}

/** Upstream's names are ours in snake case. Values that are not set are left out. */
export function snakeCaseKeys(options: object): Record<string, unknown> {
  return renameKeys(options, snakeCase);
}

export function renameKeys(options: object, rename: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [rename(name), value]),
  );
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
