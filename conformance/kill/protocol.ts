/** What the harness and its programs, python/kill_program.py among them, tell each other: lines of JSON. */
import type { Role, ServicePlan } from "./plan.ts";

/** The argument of a program. */
export interface ProgramSettings {
  readonly role: Role;
  readonly seed: number;
  /** The number of its first life; the following ones count on, up to `LIVES_PER_PROCESS`. */
  readonly firstLife: number;
  readonly prefix: string;
  readonly rootPath: string;
  /** The path of the journal. */
  readonly journal: string;
  /** In milliseconds: how long to wait for a service that somebody is creating. */
  readonly creationTimeout: number;
  readonly service: ServicePlan;
}

/** A life is one port from its creation to its end; a process has many, one after the other. */
export const LIVES_PER_PROCESS = 1024;

/** What a program writes to its standard output. */
export type ProgramEvent =
  /** Everything is loaded, and iceoryx2 untouched so far. */
  | { readonly event: "ready" }
  /** A port was created. */
  | { readonly event: "life"; readonly life: number }
  /** The first message of a publisher's life came. */
  | { readonly event: "heard"; readonly life: number }
  /** How many more messages were received and checked. */
  | { readonly event: "received"; readonly count: number }
  /** Creation failed for a reason that passes, and is tried again. */
  | { readonly event: "retry"; readonly reason: string };

/**
 * What a program reads from its standard input: `settle` makes the present life, or else the next one, last; `stop`
 * ends it regularly, and so does the end of the input.
 */
export type Order = "settle" | "stop";
