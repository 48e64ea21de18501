/**
 * `npm run bench:sockets [-- repetitions]`: messages between two processes, by the sockets of this library with `recv`
 * and with `borrow`, by `process.send` with advanced serialization, and by zeromq.js over ipc:// where it is installed
 * (`npm install --no-save zeromq`). All take turns; the medians of the repetitions are printed.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { TestDomain } from "iceoryx2-ts/testing";
import { median, now } from "../statistics.ts";
import { availableTransports, SIZES, type Step, stepsOf } from "./plan.ts";
import { loadZeroMq, ONE_WAY, open, type Transport, type TransportName } from "./transports.ts";

interface Figures {
  /** In microseconds. */
  readonly roundTrips: number[];
  /** Messages per second. */
  readonly rates: number[];
}

const MICROSECOND = 1e3;
const SECOND = 1e9;
/** A subscriber of zeromq joins without telling anybody. */
const TIME_TO_JOIN = 300;

/** What the child says beside the messages, which may come before anybody waits for it. */
class Sayings {
  #count = 0;
  #wanted: (() => void) | undefined;

  constructor(child: ChildProcess) {
    child.on("message", (message) => {
      if (message instanceof Uint8Array) return;
      this.#count++;
      this.#wanted?.();
    });
  }

  async next(): Promise<void> {
    while (this.#count === 0) {
      await new Promise<void>((resolve) => {
        this.#wanted = resolve;
      });
    }
    this.#count--;
  }
}

async function run(
  sayings: Sayings,
  transport: Transport,
  { size, roundTrips, messages }: Step,
  figures: Figures,
): Promise<void> {
  const message = new Uint8Array(size).fill(7);
  let start = now();
  for (let i = 0; i < roundTrips; i++) {
    await transport.send(message);
    await transport.recv();
    transport.release?.();
  }
  if (roundTrips > 0) figures.roundTrips.push((now() - start) / roundTrips / MICROSECOND);
  start = now();
  for (let i = 0; i < messages; i++) await transport.send(message);
  await sayings.next();
  figures.rates.push(messages / ((now() - start) / SECOND));
}

function print(all: ReadonlyMap<string, Figures>, names: readonly TransportName[]): void {
  const row = (...cells: string[]): void => console.log(cells.map((cell) => cell.padStart(16)).join(""));
  console.log("\nRound trip in microseconds\n");
  const both = names.filter((name) => !ONE_WAY.includes(name));
  row("bytes", ...both);
  const table = (of: readonly TransportName[], value: (figures: Figures) => number): void => {
    for (const size of SIZES) {
      row(
        String(size),
        ...of.map((name) => value(all.get(`${name} ${size}`)!).toFixed(value === rate ? 0 : 1)),
      );
    }
  };
  const rate = ({ rates }: Figures): number => median(rates);
  table(both, ({ roundTrips }) => median(roundTrips));
  console.log("\nMessages per second in one direction\n");
  row("bytes", ...names);
  table(names, rate);
}

const repetitions = Number(process.argv[2] ?? 5);
const hasZeroMq = (await loadZeroMq()) !== undefined;
if (!hasZeroMq) console.log("zeromq.js is not installed: left out.");
const names = availableTransports(hasZeroMq);
using domain = new TestDomain();
const { prefix, rootPath } = domain;
const child = fork(
  fileURLToPath(new URL("child.js", import.meta.url)),
  [prefix, rootPath, String(repetitions)],
  {
    serialization: "advanced",
  },
);
const sayings = new Sayings(child);
const transports = new Map<TransportName, Transport>();
for (const name of names) {
  transports.set(name, await open(name, "parent", domain, child));
  await sayings.next();
}
await new Promise((resolve) => setTimeout(resolve, TIME_TO_JOIN));
const all = new Map<string, Figures>();
for (const step of stepsOf(repetitions, names)) {
  const key = `${step.transport} ${step.size}`;
  const figures = all.get(key) ?? { roundTrips: [], rates: [] };
  all.set(key, figures);
  await run(sayings, transports.get(step.transport)!, step, figures);
}
print(all, names);
child.send("done");
await once(child, "exit");
for (const transport of transports.values()) transport.close();
