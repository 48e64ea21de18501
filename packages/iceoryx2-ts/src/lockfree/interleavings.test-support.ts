/**
 * Runs lock-free code in every order in which its accesses to shared memory can follow each other.
 *
 * The code under test runs as it is: it gets a region whose views count every access as a step, and the methods of
 * `Atomics` do the same while we explore. An actor is a function. To take one more step it is run again from its
 * start: the steps that it took before return what they returned then, the new one really happens, and the next
 * attempt to take a step ends the run. So every prefix of an actor is a place where it can be overtaken, or die.
 *
 * Two orders that lead to the same memory and let every actor see the same values are the same from there on; that
 * keeps the number of states small. All steps are sequentially consistent, as `memory/atomics.ts` promises.
 */
import { Region } from "../memory/region.ts";

/** What one thread does; it must depend on nothing but the region. Its result is the one of the thread. */
export type Actor = (region: Region) => unknown;

export interface Outcome {
  /** The results of the actors, in their order; undefined for one that has not finished. */
  readonly results: readonly unknown[];
  readonly finished: readonly boolean[];
  /** For looking at the memory, and for going on with it; each outcome has its own. */
  readonly region: Region;
}

export interface Exploration {
  readonly size: number;
  /** Makes the state that all actors find. */
  readonly prepare: (region: Region) => void;
  readonly actors: readonly Actor[];
  /** Where actors make each other try again for ever: after how many steps we stop looking at one. */
  readonly maxSteps?: number | undefined;
  /** Is asked about every state, in which any actor may be anywhere, with a copy of the memory. */
  readonly check: (outcome: Outcome) => void;
}

class Suspended extends Error {}

/** The run of an actor that is under way. */
interface Run {
  /** What the steps so far returned. */
  readonly log: unknown[];
  position: number;
  hasStepped: boolean;
}

interface State {
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly logs: readonly (readonly unknown[])[];
  readonly results: readonly unknown[];
  readonly finished: readonly boolean[];
}

let run: Run | undefined;

function step<T>(effect: () => T): T {
  if (run === undefined) return effect();
  if (run.position < run.log.length) return run.log[run.position++] as T;
  if (run.hasStepped) throw new Suspended();
  run.hasStepped = true;
  run.position++;
  const result = effect();
  run.log.push(result);
  return result;
}

/** @returns the number of different states. */
export function explore({
  size,
  prepare,
  actors,
  maxSteps = Number.POSITIVE_INFINITY,
  check,
}: Exploration): number {
  const buffer = new ArrayBuffer(size);
  const memory = new Uint8Array(buffer);
  const region = steppedRegion(buffer, size);
  const restoreAtomics = replaceAtomics();
  try {
    prepare(region);
    const start: State = {
      memory: memory.slice(),
      logs: actors.map(() => []),
      results: actors.map(() => undefined),
      finished: actors.map(() => false),
    };
    const seen = new Set<string>([keyOf(start)]);
    const waiting = [start];
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      check({ ...state, region: new Region(state.memory.slice().buffer, size) });
      for (const [i, actor] of actors.entries()) {
        if (state.finished[i] || state.logs[i]!.length >= maxSteps) continue;
        memory.set(state.memory);
        const next = advance(state, i, () => actor(region), memory);
        const key = keyOf(next);
        if (seen.has(key)) continue;
        seen.add(key);
        waiting.push(next);
      }
    }
    return seen.size;
  } finally {
    restoreAtomics();
  }
}

function advance(state: State, i: number, actor: () => unknown, memory: Uint8Array<ArrayBuffer>): State {
  const log = [...state.logs[i]!];
  run = { log, position: 0, hasStepped: false };
  let result: unknown;
  let isFinished = true;
  try {
    result = actor();
  } catch (error) {
    if (!(error instanceof Suspended)) throw error;
    isFinished = false;
  } finally {
    run = undefined;
  }
  return {
    memory: memory.slice(),
    logs: state.logs.with(i, log),
    results: state.results.with(i, result),
    finished: state.finished.with(i, isFinished),
  };
}

function keyOf({ memory, logs }: State): string {
  const logged = JSON.stringify(logs, (_, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
  return `${Buffer.from(memory).toString("latin1")}${logged}`;
}

/** The original of every view that counts steps. */
const originals = new WeakMap<object, ArrayBufferView>();

function steppedRegion(buffer: ArrayBuffer, size: number): Region {
  const region = new Region(buffer, size);
  const { bytes, words, longs } = region;
  return Object.assign(region, { bytes: stepped(bytes), words: stepped(words), longs: stepped(longs) });
}

/** So many elements of a larger copy are one step: a copy of more can be torn. */
const ELEMENTS_PER_STEP = 8;

/** A view in which every access to an element is a step. */
function stepped<T extends Uint8Array | Int32Array | BigUint64Array>(view: T): T {
  const elements = view as unknown as Record<number, unknown>;
  const set = (values: Uint8Array, offset: number): void => {
    for (let i = 0; i < values.length; i += ELEMENTS_PER_STEP) {
      step(() => (view as Uint8Array).set(values.subarray(i, i + ELEMENTS_PER_STEP), offset + i));
    }
  };
  const slice = (start: number, end: number): Uint8Array => {
    const copy = new Uint8Array(end - start);
    for (let i = 0; i < copy.length; i += ELEMENTS_PER_STEP) {
      const from = start + i;
      copy.set(
        step(() => (view as Uint8Array).slice(from, from + ELEMENTS_PER_STEP)),
        i,
      );
    }
    return copy;
  };
  const proxy = new Proxy(view, {
    get(_, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) return step(() => elements[Number(key)]);
      if (key === "set") return set;
      if (key === "slice") return slice;
      const value = Reflect.get(view, key, view) as unknown;
      return typeof value === "function" ? value.bind(view) : value;
    },
    set(_, key, value) {
      step(() => (elements[Number(key)] = value));
      return true;
    },
  });
  originals.set(proxy, view);
  return proxy;
}

/** @returns what undoes it. */
function replaceAtomics(): () => void {
  const names = ["load", "store", "add", "exchange", "compareExchange"] as const;
  const saved = names.map((name) => [name, Atomics[name] as (...args: unknown[]) => unknown] as const);
  for (const [name, operation] of saved) {
    const replacement = (view: object, ...rest: unknown[]): unknown =>
      step(() => operation(originals.get(view) ?? view, ...rest));
    Object.defineProperty(Atomics, name, { value: replacement, configurable: true, writable: true });
  }
  return () => {
    for (const [name, operation] of saved) {
      Object.defineProperty(Atomics, name, { value: operation, configurable: true, writable: true });
    }
  };
}
