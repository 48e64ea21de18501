/**
 * Random lives of publishers and subscribers beside a model of plain arrays: everybody gets exactly what the model
 * says, a loan within the limit always succeeds, and in the end every chunk is free.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Node } from "../../api/node.ts";
import type { PublishSubscribeService } from "../../api/publish-subscribe-service.ts";
import type { Iox2Error } from "../../base/iox2-error.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { ChunkLedger } from "../../testing/chunk-ledger.test-support.ts";
import { TestDomain } from "../../testing/test-domain.ts";
import type { Loan } from "../common/loan.ts";
import type { Publisher, PublisherOptions } from "./publisher.ts";
import type { Sample } from "./sample.ts";
import type { Subscriber } from "./subscriber.ts";

const PORTS = 2;
const BUFFER = 2;
const BORROWS = 2;
const HISTORY = 1;
const LOANS = 2;

const COMMANDS = [
  "openPublisher",
  "closePublisher",
  "loan",
  "send",
  "releaseLoan",
  "sendCopy",
  "updateConnections",
  "openSubscriber",
  "closeSubscriber",
  "receive",
  "releaseSample",
  "drain",
] as const;
type CommandName = (typeof COMMANDS)[number];
type Command = readonly [name: CommandName, which: number];
type Mode = "overflow" | "discard" | "retry";

interface ModelLoan {
  readonly loan: Loan<U64>;
  readonly value: bigint;
}
interface ModelPublisher {
  readonly port: Publisher<U64>;
  isOpen: boolean;
  loans: ModelLoan[];
  history: bigint[];
  /** To whom it is connected. */
  readonly connected: Set<ModelSubscriber>;
}
interface ModelQueue {
  waiting: bigint[];
  borrowed: number;
}
interface ModelSubscriber {
  readonly port: Subscriber<U64>;
  isOpen: boolean;
  readonly queues: Map<bigint, ModelQueue>;
}
interface ModelSample {
  readonly sample: Sample<U64>;
  readonly value: bigint;
  /** Undefined once its subscriber is closed. */
  queue: ModelQueue | undefined;
  readonly owner: ModelSubscriber;
}

class World {
  readonly #service: PublishSubscribeService<U64>;
  readonly #mode: Mode;
  readonly #publishers: ModelPublisher[] = [];
  readonly #subscribers: ModelSubscriber[] = [];
  readonly #samples: ModelSample[] = [];
  #nextValue = 0n;

  constructor(service: PublishSubscribeService<U64>, mode: Mode) {
    this.#service = service;
    this.#mode = mode;
  }

  run([name, which]: Command): void {
    this[name](which);
    for (const { sample, value } of this.#samples) assert.equal(sample.payload, value);
  }

  end(): void {
    for (const { sample } of this.#samples) sample.release();
    for (const { port } of this.#subscribers) port.close();
    for (const { port, loans } of this.#publishers) {
      for (const { loan } of loans) loan.release();
      if (!port.closed) port.updateConnections();
    }
  }

  // --- publishers ----------------------------------------------------------------------------------

  openPublisher(): void {
    const options: PublisherOptions = {
      maxLoanedSamples: LOANS,
      backpressureStrategy: this.#mode === "discard" ? "DiscardData" : "RetryUntilDelivered",
    };
    if (this.#publishers.filter(({ isOpen }) => isOpen).length === PORTS) {
      fails("ExceedsMaxSupportedPublishers", () => this.#service.publisher(options));
      return;
    }
    const port = this.#service.publisher(options);
    const publisher: ModelPublisher = { port, isOpen: true, loans: [], history: [], connected: new Set() };
    this.#publishers.push(publisher);
    this.#connect(publisher);
    // Whoever has not noticed a publisher before it leaves never gets its samples.
    for (const { port, isOpen } of this.#subscribers) if (isOpen) port.hasSamples();
  }

  closePublisher(which: number): void {
    const publisher = this.#anyOpen(this.#publishers, which);
    if (publisher === undefined) return;
    publisher.port.close();
    publisher.isOpen = false;
  }

  loan(which: number): void {
    const publisher = this.#anyOpen(this.#publishers, which);
    if (publisher === undefined) return;
    if (publisher.loans.length === LOANS) {
      fails("ExceedsMaxLoans", () => publisher.port.loan());
      return;
    }
    const loan = publisher.port.loan();
    assert.equal(loan.payload, 0n);
    const value = this.#nextValue++;
    loan.payload = value;
    publisher.loans.push({ loan, value });
  }

  send(which: number): void {
    const publisher = pick(
      this.#publishers.filter(({ loans }) => loans.length > 0),
      which,
    );
    const entry = publisher?.loans[0];
    if (publisher === undefined || entry === undefined) return;
    const { loan, value } = entry;
    assert.equal(loan.payload, value, "nobody else writes into a loan");
    if (!publisher.isOpen) {
      fails("ConnectionBrokenSinceSenderNoLongerExists", () => loan.send());
      return;
    }
    if (this.#deliver(publisher, value, () => loan.send())) publisher.loans.shift();
  }

  releaseLoan(which: number): void {
    const publisher = pick(
      this.#publishers.filter(({ loans }) => loans.length > 0),
      which,
    );
    publisher?.loans.pop()?.loan.release();
  }

  sendCopy(which: number): void {
    const publisher = this.#anyOpen(this.#publishers, which);
    if (publisher === undefined) return;
    const value = this.#nextValue++;
    if (publisher.loans.length === LOANS) fails("ExceedsMaxLoans", () => publisher.port.sendCopy(value));
    else this.#deliver(publisher, value, () => publisher.port.sendCopy(value));
  }

  updateConnections(which: number): void {
    const publisher = this.#anyOpen(this.#publishers, which);
    if (publisher === undefined) return;
    publisher.port.updateConnections();
    this.#connect(publisher);
  }

  #connect(publisher: ModelPublisher): void {
    for (const subscriber of publisher.connected) {
      if (!subscriber.isOpen) publisher.connected.delete(subscriber);
    }
    for (const subscriber of this.#subscribers) {
      if (!subscriber.isOpen || publisher.connected.has(subscriber)) continue;
      publisher.connected.add(subscriber);
      subscriber.queues.set(publisher.port.id, { waiting: [...publisher.history], borrowed: 0 });
    }
  }

  /** @returns whether it was sent. */
  #deliver(publisher: ModelPublisher, value: bigint, send: () => number): boolean {
    this.#connect(publisher);
    const queues = [...publisher.connected].map(({ queues }) => queues.get(publisher.port.id)!);
    const withRoom = queues.filter(({ waiting }) => waiting.length < BUFFER);
    if (this.#mode === "retry" && withRoom.length < queues.length) {
      fails("UnableToDeliver", send);
      return false;
    }
    const receivers = this.#mode === "overflow" ? queues : withRoom;
    assert.equal(send(), receivers.length);
    for (const { waiting } of receivers) {
      if (waiting.length === BUFFER) waiting.shift();
      waiting.push(value);
    }
    publisher.history = [...publisher.history, value].slice(-HISTORY);
    return true;
  }

  // --- subscribers ---------------------------------------------------------------------------------

  openSubscriber(): void {
    if (this.#subscribers.filter(({ isOpen }) => isOpen).length === PORTS) {
      fails("ExceedsMaxSupportedSubscribers", () => this.#service.subscriber());
      return;
    }
    this.#subscribers.push({ port: this.#service.subscriber(), isOpen: true, queues: new Map() });
  }

  closeSubscriber(which: number): void {
    const subscriber = this.#anyOpen(this.#subscribers, which);
    if (subscriber === undefined) return;
    subscriber.port.close();
    subscriber.isOpen = false;
    for (const entry of this.#samples) if (entry.owner === subscriber) entry.queue = undefined;
  }

  receive(which: number): void {
    const subscriber = this.#anyOpen(this.#subscribers, which);
    if (subscriber === undefined) return;
    this.#connectAll();
    const waiting = waitingQueues(subscriber);
    assert.equal(subscriber.port.hasSamples(), waiting.length > 0);
    if (waiting.length === 0) {
      assert.equal(subscriber.port.receive(), undefined);
    } else if (waiting.every(isAtLimit)) {
      fails("ExceedsMaxBorrows", () => subscriber.port.receive());
    } else {
      this.#take(subscriber, subscriber.port.receive()!);
    }
  }

  drain(which: number): void {
    const subscriber = this.#anyOpen(this.#subscribers, which);
    if (subscriber === undefined) return;
    this.#connectAll();
    const waiting = waitingQueues(subscriber);
    if (waiting.length > 0 && waiting.every(isAtLimit)) {
      fails("ExceedsMaxBorrows", () => subscriber.port.drain(() => {}));
      return;
    }
    let calls = 0;
    const count = subscriber.port.drain((sample) => {
      const entry = this.#take(subscriber, sample);
      // Every other sample is kept.
      if ((calls++ + which) % 2 === 0) sample.keep();
      else this.#forget(entry);
    });
    assert.equal(count, calls);
    assert(waitingQueues(subscriber).every(isAtLimit));
  }

  releaseSample(which: number): void {
    const entry = pick(this.#samples, which);
    if (entry === undefined) return;
    entry.sample.release();
    this.#forget(entry);
  }

  #take(subscriber: ModelSubscriber, sample: Sample<U64>): ModelSample {
    const queue = subscriber.queues.get(sample.origin)!;
    assert(queue.borrowed < BORROWS);
    const value = queue.waiting.shift();
    assert.equal(sample.payload, value);
    queue.borrowed++;
    const entry: ModelSample = { sample, value: sample.payload, queue, owner: subscriber };
    this.#samples.push(entry);
    return entry;
  }

  #forget(entry: ModelSample): void {
    this.#samples.splice(this.#samples.indexOf(entry), 1);
    if (entry.queue !== undefined) entry.queue.borrowed--;
  }

  #connectAll(): void {
    for (const publisher of this.#publishers) {
      if (!publisher.isOpen) continue;
      publisher.port.updateConnections();
      this.#connect(publisher);
    }
  }

  #anyOpen<P extends { isOpen: boolean }>(ports: readonly P[], which: number): P | undefined {
    return pick(
      ports.filter(({ isOpen }) => isOpen),
      which,
    );
  }
}

function waitingQueues({ queues }: ModelSubscriber): ModelQueue[] {
  return [...queues.values()].filter(({ waiting }) => waiting.length > 0);
}

function isAtLimit({ borrowed }: ModelQueue): boolean {
  return borrowed === BORROWS;
}

function pick<T>(list: readonly T[], which: number): T | undefined {
  return list[which % Math.max(1, list.length)];
}

function fails(code: string, run: () => unknown): void {
  assert.throws(run, (error) => (error as Iox2Error).code === code, `it must fail with ${code}`);
}

function live(commands: readonly Command[], mode: Mode): void {
  using domain = new TestDomain();
  using ledger = new ChunkLedger();
  using node = Node.create({ config: domain.config, signals: "ignore" });
  const service = node
    .service("a")
    .publishSubscribe(u64)
    .create({
      maxPublishers: PORTS,
      maxSubscribers: PORTS,
      subscriberMaxBufferSize: BUFFER,
      subscriberMaxBorrowedSamples: BORROWS,
      historySize: HISTORY,
      enableSafeOverflow: mode === "overflow",
    });
  const world = new World(service, mode);
  for (const command of commands) world.run(command);
  world.end();
  assert.deepEqual(ledger.moreThan(HISTORY), [], "only the history of a publisher is still in use");
  node.close();
  domain.assertClean();
}

describe("any sequence of operations delivers what the model says and loses no chunk", () => {
  const command = fc.tuple(fc.constantFrom(...COMMANDS), fc.nat(7));
  for (const mode of ["overflow", "discard", "retry"] as const) {
    it(`in mode ${mode}`, () => {
      fc.assert(
        fc.property(fc.array(command, { minLength: 10, maxLength: 120, size: "max" }), (commands) => {
          live([["openPublisher", 0], ["openSubscriber", 0], ...commands], mode);
        }),
        { numRuns: 60 },
      );
    });
  }
});
