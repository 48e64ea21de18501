/** What one message costs in one thread: loan, send, receive, release of a 16-byte struct. */
import { f64, i32, Node, type Sample, type StructType, struct } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { measure, median } from "./statistics.ts";

const Small: StructType<{ x: typeof i32; y: typeof i32; funky: typeof f64 }> = struct("Small", {
  x: i32,
  y: i32,
  funky: f64,
});

const WARM_UP = 200_000;
const BATCHES = 40;
const MESSAGES_PER_BATCH = 20_000;

export interface OneThreadFigures {
  /** Nanoseconds per message, medians of batches. */
  readonly drain: number;
  readonly receive: number;
  readonly sendCopy: number;
  /** Bytes of live heap that a million messages left; needs `--expose-gc`. */
  readonly heapGrowth: number | undefined;
}

export function oneThread(domain: TestDomain): OneThreadFigures {
  const node = Node.create({ config: domain.config });
  const service = node.service("one-thread").publishSubscribe(Small).create();
  const publisher = service.publisher();
  const subscriber = service.subscriber();
  let sum = 0;
  const send = (value: number): void => {
    const loan = publisher.loanUninit();
    const { payload } = loan;
    payload.x = value;
    payload.y = value;
    payload.funky = value;
    loan.send();
  };
  const add = (sample: Sample<typeof Small>): void => {
    sum += sample.payload.x;
  };
  const variants = {
    drain: (calls: number): void => {
      for (let i = 0; i < calls; i++) {
        send(i);
        subscriber.drain(add);
      }
    },
    receive: (calls: number): void => {
      for (let i = 0; i < calls; i++) {
        send(i);
        const sample = subscriber.receive();
        if (sample === undefined) throw new Error("a sample is missing");
        sum += sample.payload.x;
        sample.release();
      }
    },
    sendCopy: (calls: number): void => {
      for (let i = 0; i < calls; i++) {
        publisher.sendCopy({ x: i, y: i, funky: i });
        subscriber.drain(add);
      }
    },
  };
  const figure = (run: (calls: number) => void): number => {
    run(WARM_UP);
    return median(measure(BATCHES, MESSAGES_PER_BATCH, run));
  };
  const drain = figure(variants.drain);
  const receive = figure(variants.receive);
  const sendCopy = figure(variants.sendCopy);
  const heapGrowth = growth(() => variants.sendCopy(1_000_000));
  node.close();
  if (sum === 0) throw new Error("nothing was received");
  return { drain, receive, sendCopy, heapGrowth };
}

function growth(run: () => void): number | undefined {
  const { gc } = globalThis;
  if (gc === undefined) return undefined;
  gc();
  const before = process.memoryUsage().heapUsed;
  run();
  gc();
  return process.memoryUsage().heapUsed - before;
}
