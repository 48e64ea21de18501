/**
 * Notifiers in processes of their own race a listener that is woken by its socket alone. Every notification must be
 * counted once, and the listener must never sleep beside one.
 *
 * A listener that waits looks at its channel once a second, which would hide that it overslept. So the timers of this
 * process are stopped meanwhile.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { mock } from "node:test";
import { type Config, type EventActivation, type Listener, Node } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { installPython, REPOSITORY } from "../python.ts";
import { Random } from "../random.ts";
import { serveBareChannel } from "./bare-channel.ts";
import { CREATED, IDS_PER_NOTIFIER, type NotifierSettings, SERVICE, START_SERVICE } from "./protocol.ts";

export type NotifierLanguage = "TypeScript" | "Python";

/** Who takes: a listener that is waited for, or its channel without it. */
export type Taker = "listener" | "channel";

export interface StressOptions {
  readonly taker: Taker;
  /** All together. */
  readonly notifies: number;
  /** One notifier each. */
  readonly languages: readonly NotifierLanguage[];
  readonly seed: number;
}

export interface StressReport {
  readonly notifies: number;
  /** How often the listener had something to take. */
  readonly wakeUps: number;
  readonly seconds: number;
}

/** Without any progress for so long the listener is stuck, in milliseconds. */
const PATIENCE = 60_000;

/** @throws Error if a notification is lost or counted twice, or if the listener sleeps beside one. */
export async function stress({ taker, notifies, languages, seed }: StressOptions): Promise<StressReport> {
  using domain = new TestDomain();
  const { prefix, rootPath, config } = domain;
  const node = Node.create({ config, signals: "ignore" });
  const random = new Random(seed);
  const service = node.service(SERVICE).event().create({ notifierCreatedEvent: CREATED });
  const start = node.service(START_SERVICE).event().openOrCreate().notifier();
  using listener = service.listener();
  const perNotifier = Math.ceil(notifies / languages.length);
  const ends = languages.map((language, i) =>
    runNotifier(language, {
      prefix,
      rootPath,
      firstId: i * IDS_PER_NOTIFIER,
      notifies: perNotifier,
      seed: random.seed(),
    }),
  );
  const failed = Promise.all(ends).then(() => new Promise<never>(() => {}));
  await Promise.race([countEvents(TAKE.listener, listener, config, languages.length), failed]);
  const began = performance.now();
  start.notify();
  mock.timers.enable({ apis: ["setTimeout"] });
  const { counts, wakeUps } = await Promise.race([
    countEvents(TAKE[taker], listener, config, perNotifier * languages.length),
    failed,
  ]).finally(() => mock.timers.reset());
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(ends);
  checkCounts(counts, languages.length, perNotifier);
  node.close();
  domain.assertClean();
  return { notifies: perNotifier * languages.length, wakeUps, seconds };
}

interface Counted {
  readonly counts: ReadonlyMap<number, number>;
  readonly wakeUps: number;
}

/** Calls back for every wake-up, until it returns true. */
type Take = (
  listener: Listener,
  config: Config,
  onWakeUp: (activations: readonly EventActivation[]) => boolean,
) => Promise<void>;

const TAKE: Readonly<Record<Taker, Take>> = {
  async listener(listener, _config, onWakeUp): Promise<void> {
    while (!onWakeUp(await listener.wait()));
  },
  channel: (listener, config, onWakeUp) => serveBareChannel(config, listener, onWakeUp),
};

async function countEvents(take: Take, listener: Listener, config: Config, total: number): Promise<Counted> {
  const counts = new Map<number, number>();
  let taken = 0;
  let wakeUps = 0;
  let seen = -1;
  let watchdog: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    watchdog = setInterval(() => {
      if (taken === seen) reject(new Error(`the listener sleeps: ${taken} of ${total} came`));
      seen = taken;
    }, PATIENCE);
  });
  const served = take(listener, config, (activations) => {
    wakeUps++;
    for (const { id, count } of activations) {
      counts.set(id, (counts.get(id) ?? 0) + count);
      taken += count;
    }
    return taken >= total;
  });
  await Promise.race([served, stuck]).finally(() => clearInterval(watchdog));
  return { counts, wakeUps };
}

function checkCounts(counts: ReadonlyMap<number, number>, notifiers: number, perNotifier: number): void {
  for (let id = 0; id < notifiers * IDS_PER_NOTIFIER; id++) {
    const expected = Math.ceil((perNotifier - (id % IDS_PER_NOTIFIER)) / IDS_PER_NOTIFIER);
    const count = counts.get(id) ?? 0;
    if (count !== expected) throw new Error(`event ${id} was counted ${count} times instead of ${expected}`);
  }
}

/** Resolves when the process ended as it should. */
async function runNotifier(language: NotifierLanguage, settings: NotifierSettings): Promise<void> {
  const [file, program] =
    language === "Python"
      ? [await installPython(), ["-B", join(REPOSITORY, "conformance", "python", "notify_program.py")]]
      : [process.execPath, [join(import.meta.dirname, "notifier.js")]];
  const child = spawn(file, [...program, JSON.stringify(settings)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  if (code !== 0) throw new Error(`a notifier in ${language} ended with ${signal ?? `exit code ${code}`}`);
}

export function describeReport({ notifies, wakeUps, seconds }: StressReport): string {
  return `${notifies} notifications, all counted, in ${wakeUps} wake-ups and ${seconds.toFixed(1)} s`;
}
