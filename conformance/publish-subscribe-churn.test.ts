/** Publishers and subscribers of both languages come, go, send and receive in any order; a model knows the outcome. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { u64 } from "iceoryx2-ts";
import { type Join, withDomain } from "./domain.ts";
import type {
  Language,
  Participant,
  ParticipantPublisher,
  ParticipantService,
  ParticipantSubscriber,
} from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

const BUFFER_SIZE = 2;
const MAX_PUBLISHERS = 3;
const MAX_SUBSCRIBERS = 3;

const LANGUAGES: readonly Language[] = ["TypeScript", "Python"];

/** One thing that happens. `pick` chooses among the ports that there are. */
interface Step {
  readonly action:
    | "publisher"
    | "subscriber"
    | "send"
    | "receive"
    | "closePublisher"
    | "closeSubscriber"
    | "leave";
  readonly language: Language;
  readonly pick: number;
}

const steps = fc.array(
  fc.record<Step>({
    action: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom("publisher", "subscriber") },
      { weight: 10, arbitrary: fc.constantFrom("send", "receive") },
      { weight: 2, arbitrary: fc.constantFrom("closePublisher", "closeSubscriber") },
      { weight: 1, arbitrary: fc.constant("leave") },
    ),
    language: fc.constantFrom(...LANGUAGES),
    pick: fc.nat(MAX_PUBLISHERS * MAX_SUBSCRIBERS),
  }),
  { minLength: 150, maxLength: 150 },
);

interface KnownPublisher {
  readonly language: Language;
  readonly port: ParticipantPublisher;
}

/** What a subscriber must find: per publisher, at most a full buffer. */
class KnownSubscriber {
  readonly language: Language;
  readonly port: ParticipantSubscriber;
  readonly #waiting: Map<KnownPublisher, bigint[]> = new Map();
  readonly #connected: Set<KnownPublisher>;

  constructor(language: Language, port: ParticipantSubscriber, publishers: readonly KnownPublisher[]) {
    this.language = language;
    this.port = port;
    this.#connected = new Set(publishers);
  }

  add(publisher: KnownPublisher, value: bigint): void {
    this.#waiting.set(publisher, [...(this.#waiting.get(publisher) ?? []), value].slice(-BUFFER_SIZE));
  }

  /** Samples of a publisher that left before the subscriber saw it went with it. */
  forget(publisher: KnownPublisher): void {
    if (!this.#connected.has(publisher)) this.#waiting.delete(publisher);
  }

  /** By the publisher's id. */
  take(publishers: readonly KnownPublisher[]): ReadonlyMap<bigint, readonly bigint[]> {
    for (const publisher of publishers) this.#connected.add(publisher);
    const taken = new Map([...this.#waiting].map(([publisher, values]) => [publisher.port.id, values]));
    this.#waiting.clear();
    return taken;
  }
}

class Schedule {
  readonly #join: Join;
  readonly #services: Map<Language, { participant: Participant; service: ParticipantService }> = new Map();
  #publishers: KnownPublisher[] = [];
  #subscribers: KnownSubscriber[] = [];
  #sent = 0n;

  constructor(join: Join) {
    this.#join = join;
  }

  async run({ action, language, pick }: Step): Promise<void> {
    switch (action) {
      case "publisher":
        return this.#addPublisher(language);
      case "subscriber":
        return this.#addSubscriber(language);
      case "send":
        return this.#send(pickFrom(this.#publishers, pick));
      case "receive":
        return this.#receive(pickFrom(this.#subscribers, pick));
      case "closePublisher":
        return this.#closePublisher(pickFrom(this.#publishers, pick));
      case "closeSubscriber":
        return this.#closeSubscriber(pickFrom(this.#subscribers, pick));
      case "leave":
        return this.#leave(language);
    }
  }

  async receiveAll(): Promise<void> {
    for (const subscriber of this.#subscribers) await this.#receive(subscriber);
  }

  async #service(language: Language): Promise<ParticipantService> {
    const known = this.#services.get(language);
    if (known !== undefined) return known.service;
    const participant = await this.#join(language);
    const qos = {
      maxPublishers: MAX_PUBLISHERS,
      maxSubscribers: MAX_SUBSCRIBERS,
      subscriberMaxBufferSize: BUFFER_SIZE,
    };
    const service = await participant.service("openOrCreate", u64, { qos });
    this.#services.set(language, { participant, service });
    return service;
  }

  async #addPublisher(language: Language): Promise<void> {
    const service = await this.#service(language);
    if (this.#publishers.length === MAX_PUBLISHERS) {
      await assert.rejects(service.publisher(), { code: "ExceedsMaxSupportedPublishers" });
    } else {
      this.#publishers.push({ language, port: await service.publisher() });
    }
  }

  async #addSubscriber(language: Language): Promise<void> {
    const service = await this.#service(language);
    if (this.#subscribers.length === MAX_SUBSCRIBERS) {
      await assert.rejects(service.subscriber(), { code: "ExceedsMaxSupportedSubscribers" });
    } else {
      const port = await service.subscriber();
      this.#subscribers.push(new KnownSubscriber(language, port, this.#publishers));
    }
  }

  async #send(publisher: KnownPublisher | undefined): Promise<void> {
    if (publisher === undefined) return;
    const value = this.#sent++;
    assert.deepEqual(await publisher.port.send([value]), [this.#subscribers.length]);
    for (const subscriber of this.#subscribers) subscriber.add(publisher, value);
  }

  async #receive(subscriber: KnownSubscriber | undefined): Promise<void> {
    if (subscriber === undefined) return;
    const received = new Map<bigint, unknown[]>();
    for (const { publisherId, payload } of await subscriber.port.receive()) {
      received.set(publisherId, [...(received.get(publisherId) ?? []), payload]);
    }
    assert.deepEqual(received, subscriber.take(this.#publishers));
  }

  async #closePublisher(publisher: KnownPublisher | undefined): Promise<void> {
    await publisher?.port.close();
    this.#removePublishers((other) => other === publisher);
  }

  async #closeSubscriber(subscriber: KnownSubscriber | undefined): Promise<void> {
    await subscriber?.port.close();
    this.#subscribers = this.#subscribers.filter((other) => other !== subscriber);
  }

  async #leave(language: Language): Promise<void> {
    await this.#services.get(language)?.participant.close();
    this.#services.delete(language);
    this.#removePublishers((publisher) => publisher.language === language);
    this.#subscribers = this.#subscribers.filter((subscriber) => subscriber.language !== language);
  }

  #removePublishers(leaves: (publisher: KnownPublisher) => boolean): void {
    for (const publisher of this.#publishers.filter(leaves)) {
      for (const subscriber of this.#subscribers) subscriber.forget(publisher);
    }
    this.#publishers = this.#publishers.filter((publisher) => !leaves(publisher));
  }
}

function pickFrom<T>(candidates: readonly T[], pick: number): T | undefined {
  return candidates[pick % candidates.length];
}

describe("ports of both languages", { skip: skipWithoutPython }, () => {
  test("find each other whenever they come and go", () =>
    fc.assert(
      fc.asyncProperty(steps, (schedule) =>
        withDomain(async (join) => {
          const world = new Schedule(join);
          for (const step of schedule) await world.run(step);
          await world.receiveAll();
        }),
      ),
      // A run starts some processes.
      { numRuns: 8 },
    ));
});
