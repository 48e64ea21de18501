/** The process that is killed. It creates a node, a service and a port, uses and closes them, again and again. */
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { Config, Iox2Error, Node, slice, u64 } from "iceoryx2-ts";
import { Random } from "../random.ts";
import { Orders, report } from "./console.ts";
import { Journal } from "./journal.ts";
import { publish, type Surroundings, subscribe } from "./lives.ts";
import { LIVES_PER_PROCESS, type ProgramSettings } from "./protocol.ts";

/** What passes by itself: somebody is creating, removing or cleaning up in this moment. */
const TRANSIENT: ReadonlySet<string> = new Set([
  "PublishSubscribeOpenError HangsInCreation",
  "PublishSubscribeOpenError IsMarkedForDestruction",
  "PublishSubscribeOpenError ExceedsMaxNumberOfNodes",
  "PublishSubscribeOpenOrCreateError SystemInFlux",
  "PublisherCreateError ExceedsMaxSupportedPublishers",
  "SubscriberCreateError ExceedsMaxSupportedSubscribers",
]);

const settings = JSON.parse(process.argv[2]!) as ProgramSettings;
const { prefix, rootPath, creationTimeout } = settings;
const config = Config.with(Config.default(), { global: { prefix, rootPath, creationTimeout } });
const orders = new Orders();
using journal = new Journal(settings.journal);
const around: Surroundings = { random: new Random(settings.seed), orders, journal, plan: settings.service };

let life = settings.firstLife;
report({ event: "ready" });
while (!orders.isStopping && life < settings.firstLife + LIVES_PER_PROCESS) {
  try {
    await live();
  } catch (error) {
    const reason = error instanceof Iox2Error ? `${error.name} ${error.code}` : "";
    if (!TRANSIENT.has(reason)) throw error;
    report({ event: "retry", reason });
    await wait(1);
  }
}
orders.close();

async function live(): Promise<void> {
  const { random } = around;
  const node = Node.create({ config, signals: "ignore" });
  try {
    const service = node.service("kill").publishSubscribe(slice(u64)).openOrCreate(settings.service);
    const port = await (settings.role === "publisher" ? publish : subscribe)(service, life, around);
    life++;
    // The order of closing never matters.
    const owners = random.pick([[node], [port, service, node], [service, port, node]]);
    for (const owner of owners) owner.close();
  } finally {
    node.close();
  }
}
