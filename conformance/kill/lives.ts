/** What a port does from its creation to its end. */
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import {
  type Loan,
  type Many,
  type Publisher,
  type PublishSubscribeService,
  type Sample,
  SendError,
  type SliceType,
  type Subscriber,
  type U64,
} from "iceoryx2-ts";
import type { Random } from "../random.ts";
import { Arrivals, readMessage, writeMessage } from "./arrivals.ts";
import { type Orders, report } from "./console.ts";
import type { Journal } from "./journal.ts";
import type { ServicePlan } from "./plan.ts";

type Payload = SliceType<U64, Many<U64>>;
type Service = PublishSubscribeService<Payload>;

/** The longest message, in words. */
const WORDS_MAX = 32;
const BURST_MAX = 64;
/** How many messages are received between two reports. */
const REPORT_INTERVAL = 1000;

/** What every life needs. */
export interface Surroundings {
  readonly random: Random;
  readonly orders: Orders;
  readonly journal: Journal;
  readonly plan: ServicePlan;
}

/** Counts the turns of a life: a few, or as many as there are until it is ended. */
class Lifetime {
  readonly #orders: Orders;
  readonly #random: Random;
  #turns: number;

  constructor({ orders, random }: Surroundings) {
    this.#orders = orders;
    this.#random = random;
    this.#turns = random.chance(0.85) ? random.integer(0, 20) : Number.POSITIVE_INFINITY;
  }

  /** @returns false when the life is over. */
  async next(): Promise<boolean> {
    if (this.#random.chance(0.5)) await turn();
    else await wait(1);
    this.#turns--;
    return !this.#orders.isStopping && (this.#turns >= 0 || this.#orders.isSettling);
  }
}

export async function publish(
  service: Service,
  life: number,
  around: Surroundings,
): Promise<Publisher<Payload>> {
  const { random, journal } = around;
  const publisher = service.publisher({ maxLoanedSamples: 2, initialMaxSliceLen: WORDS_MAX });
  report({ event: "life", life });
  // A loan that is out when the end comes, whatever kind of end.
  if (random.chance(0.3)) publisher.loan(1);
  const lifetime = new Lifetime(around);
  for (let index = 0; await lifetime.next(); ) {
    for (let burst = random.integer(1, BURST_MAX); burst > 0; burst--) {
      using loan = publisher.loanUninit(random.integer(1, WORDS_MAX));
      writeMessage(loan.payload, life, index);
      if (!sendIfThereIsRoom(loan)) break;
      index++;
      journal.write(life, index);
    }
  }
  return publisher;
}

function sendIfThereIsRoom(loan: Loan<Payload>): boolean {
  try {
    loan.send();
    return true;
  } catch (error) {
    if (error instanceof SendError && error.code === "UnableToDeliver") return false;
    throw error;
  }
}

export async function subscribe(
  service: Service,
  life: number,
  around: Surroundings,
): Promise<Subscriber<Payload>> {
  const subscriber = service.subscriber();
  report({ event: "life", life });
  const listening = new Listening(subscriber, around);
  const lifetime = new Lifetime(around);
  while (await lifetime.next()) listening.listen();
  listening.finish();
  return subscriber;
}

/** Receives in all ways that there are, holds some samples for a while, and checks everything. */
class Listening {
  readonly #subscriber: Subscriber<Payload>;
  readonly #around: Surroundings;
  readonly #arrivals: Arrivals;
  readonly #held: Sample<Payload>[] = [];
  #unreported = 0;

  constructor(subscriber: Subscriber<Payload>, around: Surroundings) {
    this.#subscriber = subscriber;
    this.#around = around;
    this.#arrivals = new Arrivals(around.plan, (heard) => report({ event: "heard", life: heard }));
  }

  listen(): void {
    const { random } = this.#around;
    if (random.chance(0.5)) this.#subscriber.drain((sample) => this.#take(sample));
    else for (let burst = random.integer(1, BURST_MAX); burst > 0 && this.#receive(); burst--);
    if (random.chance(0.5)) this.#giveBack();
  }

  /** Takes what was sent up to now, and closes the port with samples still held. */
  finish(): void {
    const { journal } = this.#around;
    const sent = new Map(this.#arrivals.lives.map((life) => [life, journal.read(life)]));
    this.#giveBack();
    while (!this.#arrivals.hasAll(sent) && this.#receive());
    this.#arrivals.demandAll(sent);
    this.#subscriber.close();
    for (const sample of this.#held) readMessage(sample.payload);
    report({ event: "received", count: this.#unreported });
  }

  #receive(): boolean {
    const sample = this.#subscriber.receive();
    if (sample === undefined) return false;
    this.#take(sample);
    if (!this.#held.includes(sample)) sample.release();
    return true;
  }

  #take(sample: Sample<Payload>): void {
    const { random, plan } = this.#around;
    this.#arrivals.add(sample.payload);
    this.#unreported++;
    if (this.#unreported === REPORT_INTERVAL) {
      report({ event: "received", count: this.#unreported });
      this.#unreported = 0;
    }
    if (this.#held.length + 1 < plan.subscriberMaxBorrowedSamples && random.chance(0.1)) {
      this.#held.push(sample.keep());
    }
  }

  /** Whatever became of the publisher, held samples show what they showed. */
  #giveBack(): void {
    for (const sample of this.#held.splice(0)) {
      readMessage(sample.payload);
      sample.release();
    }
  }
}
