/** What an actor does while it is stopped or killed, and what the others can still do then. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Config, type ConfigOverrides, Node, type PublishSubscribeService, type U64, u64 } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { Actor, type Step } from "./actor.ts";

export interface Scenario {
  readonly name: string;
  /** Whether somebody else has the service, with a publisher and a subscriber, before and all the time. */
  readonly isServiceThere: boolean;
  /** What is done before. */
  readonly preparation: readonly Step[];
  /** What is done while every system call may be the last. */
  readonly steps: readonly Step[];
}

const SENDING: readonly Step[] = [["ports"], ["send", { values: [1n, 2n] }], ["hold"], ["loan"]];
const CLOSING: readonly Step[] = [["closePorts"], ["closeService"]];

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "creating and closing a node",
    isServiceThere: false,
    preparation: [],
    steps: [["node"], ["closeNode"]],
  },
  {
    name: "creating a service, using and closing it",
    isServiceThere: false,
    preparation: [["node"]],
    steps: [["service", { verb: "create" }], ...SENDING, ...CLOSING],
  },
  {
    name: "opening a service, using and closing it",
    isServiceThere: true,
    preparation: [["node"]],
    steps: [["service", { verb: "open" }], ...SENDING, ...CLOSING],
  },
  {
    name: "opening or creating a service and closing it",
    isServiceThere: false,
    preparation: [["node"]],
    steps: [["service", { verb: "openOrCreate" }], ["closeService"]],
  },
];

/** How long a service may be half built, in milliseconds; short, because these tests wait for it often. */
export const CREATION_TIMEOUT = 100;

export function scenarioDomain(): TestDomain {
  return new TestDomain({ global: { creationTimeout: CREATION_TIMEOUT } });
}

/** The configuration of actors in such a domain. */
export const ACTOR_CONFIG: ConfigOverrides = { global: { creationTimeout: CREATION_TIMEOUT } };

/** Does everything once without a signal. @returns the number of system calls that the steps took. */
export async function countCalls({ isServiceThere, preparation, steps }: Scenario): Promise<number> {
  using domain = scenarioDomain();
  using other = isServiceThere ? new Other(domain) : undefined;
  other?.exchange();
  await using actor = Actor.start(domain, ACTOR_CONFIG);
  await follow(actor, preparation);
  await actor.do("arm", { call: 0, signal: "SIGKILL" });
  await follow(actor, steps);
  const calls = await actor.do("countCalls");
  await actor.end();
  other?.close();
  assertNothingIsLeft(domain, "without a signal");
  return calls;
}

/** Lets an actor do everything. @throws ActorError if any of it fails. */
export async function follow(actor: Actor, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    actor.begin(...step);
    await actor.result();
  }
}

/** Another user of the service, in the test's own process. */
export class Other implements Disposable {
  readonly #node: Node;
  #service: PublishSubscribeService<U64> | undefined;

  constructor(domain: TestDomain) {
    this.#node = Node.create({ name: "other", config: domain.config, signals: "ignore" });
  }

  /** Opens or creates the service. */
  async open(): Promise<void> {
    this.#service = await this.#node.service("a service").publishSubscribe(u64).openOrCreateAsync();
  }

  /** Opens or creates the service if it has not, and sends itself a sample through new ports. */
  exchange(): void {
    this.#service ??= this.#node.service("a service").publishSubscribe(u64).openOrCreate();
    using publisher = this.#service.publisher();
    using subscriber = this.#service.subscriber();
    publisher.sendCopy(7n);
    assert.equal(subscriber.receive()?.payload, 7n);
  }

  /** Sends a sample to an actor that has ports, and gets one from it. */
  async exchangeWith(actor: Actor): Promise<void> {
    this.#service ??= this.#node.service("a service").publishSubscribe(u64).open();
    using publisher = this.#service.publisher();
    using subscriber = this.#service.subscriber();
    await actor.do("send", { values: [8n] });
    assert.equal(subscriber.receive()?.payload, 8n);
    publisher.sendCopy(9n);
    assert.deepEqual(new Set(await actor.do("receive")), new Set([8n, 9n]));
  }

  close(): void {
    this.#node.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Files, shared memory and directories of nodes. */
function whatIsLeft(domain: TestDomain): string[] {
  const nodes = `${domain.rootPath}nodes`;
  return [...domain.leftovers(), ...(existsSync(nodes) ? readdirSync(nodes) : [])];
}

export function assertNothingIsLeft(domain: TestDomain, when: string): void {
  const left = whatIsLeft(domain);
  assert.equal(left.length, 0, `${when} it left\n  ${left.join("\n  ")}`);
}

/** The same once everything is cleaned up that may be: half a node only when it is too old to be in the making. */
export async function assertAllIsCleanedUp(domain: TestDomain, when: string): Promise<void> {
  if (whatIsLeft(domain).length > 0) {
    await pause(CREATION_TIMEOUT);
    const config = Config.with(domain.config, { global: { node: { cleanupDeadNodesOnCreation: true } } });
    Node.create({ config, signals: "ignore" }).close();
  }
  assertNothingIsLeft(domain, when);
}

/** Runs `body` for 1 to `count`, two at a time. @throws Error that lists every failure. */
export async function forEachNumber(count: number, body: (number: number) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  let next = 1;
  const run = async (): Promise<void> => {
    while (next <= count) await body(next++).catch((error: unknown) => failures.push(error));
  };
  await Promise.all([run(), run()]);
  if (failures.length > 0) throw new Error(`${failures.length} of ${count} failed:\n${failures.join("\n")}`);
}
