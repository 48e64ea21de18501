/**
 * The program of an actor (see actor.ts): does what the lines on stdin say, one answer each, and stops or kills itself
 * before the system call that it was told. Its arguments are the overrides of the configuration as JSON.
 */
import { spawn } from "node:child_process";
import { readdirSync, writeSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import {
  Config,
  Iox2Error,
  type Loan,
  Node,
  type Publisher,
  type PublishSubscribeQos,
  type PublishSubscribeService,
  type Sample,
  type Subscriber,
  type U64,
  u64,
} from "iceoryx2-ts";
import { fromLine, toLine } from "../peer-json.ts";
import type { Action, Actions, RaceReport, Report } from "./actor.ts";
import { watchSystemCalls } from "./system-calls.ts";

const config = Config.with(Config.default(), JSON.parse(process.argv[2]!));

let node: Node;
let service: PublishSubscribeService<U64>;
let publisher: Publisher<U64>;
let subscriber: Subscriber<U64>;
const held: (Sample<U64> | Loan<U64>)[] = [];

let calls = 0;
let fatalCall = 0;
let fatalSignal: NodeJS.Signals = "SIGKILL";

function say(report: Report): void {
  // Synchronous, because the process may be gone with the next system call.
  writeSync(1, toLine(report));
}

await watchSystemCalls((call) => {
  calls++;
  if (calls !== fatalCall) return;
  say({ before: call });
  process.kill(process.pid, fatalSignal);
});

function openService(verb: "create" | "open" | "openOrCreate", qos: PublishSubscribeQos = {}): void {
  service = node.service("a service").publishSubscribe(u64)[verb](qos);
}

/** Opens or creates the service and closes it, again and again. */
function race(rounds: number): RaceReport {
  const errors: Record<string, number> = {};
  let mostServices = 0;
  for (let round = 0; round < rounds; round++) {
    try {
      openService("openOrCreate");
    } catch (error) {
      if (!(error instanceof Iox2Error)) throw error;
      errors[`${error.name}.${error.code}`] = (errors[`${error.name}.${error.code}`] ?? 0) + 1;
      continue;
    }
    mostServices = Math.max(mostServices, numberOfServices());
    service.close();
  }
  return { errors, mostServices };
}

/** How many there are of the one service, by their dynamic configurations. */
function numberOfServices(): number {
  const { prefix, service } = config.global;
  return readdirSync("/dev/shm").filter(
    (name) => name.startsWith(prefix) && name.endsWith(service.dynamicConfigStorageSuffix),
  ).length;
}

const actions: Actions = {
  arm({ call, signal }) {
    calls = 0;
    fatalCall = call;
    fatalSignal = signal;
  },
  countCalls: () => calls,
  node() {
    node = Node.create({ name: "actor", config });
    return node.id;
  },
  service: ({ verb, qos }) => openService(verb, qos),
  ports() {
    publisher = service.publisher();
    subscriber = service.subscriber();
    publisher.updateConnections();
  },
  send({ values }) {
    for (const value of values) publisher.sendCopy(value);
  },
  receive() {
    const values: bigint[] = [];
    subscriber.drain((sample) => {
      values.push(sample.payload);
    });
    return values;
  },
  hold() {
    const sample = subscriber.receive();
    if (sample !== undefined) held.push(sample);
  },
  loan() {
    held.push(publisher.loan());
  },
  closePorts() {
    for (const thing of held.splice(0)) thing.release();
    subscriber.close();
    publisher.close();
  },
  closeService: () => service.close(),
  closeNode: () => node.close(),
  cleanup: () => node.tryCleanupDeadNodes(),
  spawn: () => spawn("sleep", ["60"], { stdio: "ignore", detached: true }).pid!,
  race: ({ rounds }) => race(rounds),
};

function act({ name, args }: Action): Report {
  try {
    return { result: (actions[name] as (...args: readonly unknown[]) => unknown)(...args) ?? null };
  } catch (error) {
    const { name: className, message, stack } = error as Error;
    const code = error instanceof Iox2Error ? error.code : undefined;
    return { error: { className, code, message: code === undefined ? String(stack) : message } };
  }
}

for await (const line of createInterface({ input: process.stdin })) say(act(fromLine(line) as Action));
