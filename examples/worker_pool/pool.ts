/**
 * Spreads jobs over worker processes and gathers the results: `pool [workers]`. Once with a pair for each worker, once
 * with the messages of child processes, with jobs of 1 KiB and of 1 MiB.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type Pair, Pair0 } from "iceoryx2-ts/sockets";

interface Worker {
  readonly child: ChildProcess;
  readonly pair: Pair;
}

/** How many jobs a worker has at a time: one that it works on, the others to go on with at once. */
const JOBS_AT_A_TIME = 4;

const WORKERS = Number(process.argv[2] ?? Math.max(1, availableParallelism() - 1));
const KIB = 1024;
const ROUNDS = [
  { size: KIB, jobs: 20_000 },
  { size: KIB * KIB, jobs: 200 },
];

async function start(index: number): Promise<Worker> {
  const key = `example-worker-pool/${process.pid}/${index}`;
  const child = fork(fileURLToPath(new URL("worker.js", import.meta.url)), [key], {
    serialization: "advanced",
  });
  return { child, pair: await Pair0.connect(key) };
}

/** Gives every worker the next job as soon as it has answered one. */
async function byPairs(workers: readonly Worker[], size: number, jobs: number): Promise<void> {
  let left = jobs;
  const job = new Uint8Array(size);
  const employ = async ({ pair }: Worker): Promise<void> => {
    let open = 0;
    while (left > 0 || open > 0) {
      for (; left > 0 && open < JOBS_AT_A_TIME; open++, left--) await pair.send(job);
      const result = await pair.borrow();
      result.release();
      open--;
    }
  };
  await Promise.all(workers.map(employ));
}

/** The same with what Node.js has. */
async function byMessages(workers: readonly Worker[], size: number, jobs: number): Promise<void> {
  let left = jobs;
  const job = new Uint8Array(size);
  const employ = ({ child }: Worker): Promise<void> =>
    new Promise((resolve) => {
      let open = 0;
      const next = (): void => {
        for (; left > 0 && open < JOBS_AT_A_TIME; open++, left--) child.send(job);
        if (open > 0) return;
        child.off("message", onResult);
        resolve();
      };
      const onResult = (): void => {
        open--;
        next();
      };
      child.on("message", onResult);
      next();
    });
  await Promise.all(workers.map(employ));
}

const workers = await Promise.all(Array.from({ length: WORKERS }, (_, index) => start(index)));
console.log(`${WORKERS} worker${WORKERS === 1 ? "" : "s"}`);
for (const { size, jobs } of ROUNDS) {
  for (const [name, run] of [
    ["pairs", byPairs],
    ["child_process messages", byMessages],
  ] as const) {
    await run(workers, size, jobs / 10);
    const begin = performance.now();
    await run(workers, size, jobs);
    const seconds = (performance.now() - begin) / 1000;
    console.log(`${size / KIB} KiB by ${name}: ${Math.round(jobs / seconds)} jobs/sec`);
  }
}
for (const { child, pair } of workers) {
  pair.close();
  await once(child, "exit");
}
