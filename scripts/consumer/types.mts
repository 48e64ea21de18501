// Compiled by checks/package.check.ts with every supported TypeScript, never run: one line per corner of the types.
import {
  array,
  bool,
  type bytes,
  f64,
  Iox2Error,
  i32,
  Node,
  type Publisher,
  slice,
  staticString,
  staticVec,
  struct,
  u64,
  type Value,
} from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";

const Pose = struct("Pose", { x: f64, y: f64 });
const Robot = struct("Robot", {
  id: u64,
  name: staticString(16),
  ready: bool,
  pose: Pose,
  trail: array(Pose, 4),
  joints: staticVec(i32, 8),
});
type Robot = Value<typeof Robot>;

export function describe(robot: Robot): string {
  const id: bigint = robot.id;
  return `${id} ${robot.name} ${robot.pose.x.toFixed(1)} ${robot.trail.length}`;
}

export async function talk(signal: AbortSignal): Promise<number> {
  using domain = new TestDomain();
  using node = Node.create({ name: "types", config: domain.config });
  using service = node.service("robots").publishSubscribe(Robot).openOrCreate({ historySize: 1 });
  using publisher = service.publisher({ maxLoanedSamples: 2, backpressureStrategy: "DiscardData" });
  using subscriber = service.subscriber({ bufferSize: undefined });
  using loan = publisher.loan();
  loan.payload.pose = { x: 1, y: 2 };
  loan.payload.joints.push(3);
  let receivers: number = loan.send();
  for await (const tick of node.ticks(10, { signal })) {
    receivers += tick;
    subscriber.drain((sample) => {
      receivers += sample.payload.pose.x;
      describe(sample.copy());
    });
  }
  return receivers;
}

export function send(text: Publisher<typeof bytes>, words: Publisher<ReturnType<typeof wordsType>>): void {
  text.sendCopy(new TextEncoder().encode("hello"));
  const view: BigUint64Array<ArrayBuffer> | undefined = words.loan(2).payload;
  view?.set([1n, 2n]);
}

function wordsType() {
  return slice(u64);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Iox2Error ? error.code : undefined;
}
