/** A process that notifies so and so often, with pauses of all lengths in between. */
import process from "node:process";
import { Config, Node } from "iceoryx2-ts";
import { Random } from "../random.ts";
import { IDS_PER_NOTIFIER, type NotifierSettings, SERVICE, START_SERVICE } from "./protocol.ts";

/** For so many notifications the pauses are of the same kind: at most so many turns of an empty loop. */
const STRETCH = 500;
const PAUSES: readonly number[] = [0, 100, 1_000, 10_000, 30_000];

const { prefix, rootPath, firstId, notifies, seed } = JSON.parse(process.argv[2]!) as NotifierSettings;
const config = Config.with(Config.default(), { global: { prefix, rootPath } });
using node = Node.create({ config });
const start = node.service(START_SERVICE).event().openOrCreate().listener();
const notifier = node.service(SERVICE).event().open().notifier();
const random = new Random(seed);
await start.wait();
let longest = 0;
for (let i = 0; i < notifies; i++) {
  if (i % STRETCH === 0) longest = random.pick(PAUSES);
  notifier.notify(firstId + (i % IDS_PER_NOTIFIER));
  for (let rest = random.next() * longest; rest > 0; rest--);
}
