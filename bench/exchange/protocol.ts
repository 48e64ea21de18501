/**
 * What the benchmark tells the two processes of a pair: lines of JSON on stdin, one answer per line on stdout. The
 * twins of side.ts are rust/src/main.rs and python/side.py.
 *
 * Both sides open their ports, "a" first; then both run the same number of messages and tell how long it took.
 */
export type Role = "a" | "b";

export type SideCommand =
  /** Whatever has to be compiled shall be; may do nothing. */
  | { readonly kind: "rehearse" }
  | OpenCommand
  | {
      readonly kind: "run";
      /** How often to measure. */
      readonly batches: number;
      /** Messages per batch. */
      readonly count: number;
      /** Whether the sender writes every byte and the receiver copies every byte, or nobody looks at them. */
      readonly touched: boolean;
    }
  | { readonly kind: "close" };

export interface OpenCommand {
  readonly kind: "open";
  /**
   * `pingPong`: services a2b and b2a, one message at a time, buffer 1, safe overflow. `stream`: a service a2b without
   * overflow, as fast as possible. `call`: one request at a time and its response; `callAmongEight`: the same while
   * seven more clients are connected. `floor`: as `pingPong`, but without a protocol: two words in shared memory.
   */
  readonly pattern: "pingPong" | "stream" | "call" | "callAmongEight" | "floor";
  /** Names of services begin with it. */
  readonly name: string;
  /** Of a message, in bytes. */
  readonly size: number;
  /** How many messages may wait. */
  readonly buffer: number;
}

export interface SideAnswer {
  /** Nanoseconds per message or round trip, one value per batch. */
  readonly nanoseconds: readonly number[];
}

/** What both sides need to know before the first command; it is their last argument, as JSON. */
export interface SideArguments {
  readonly role: Role;
  readonly prefix: string;
  readonly rootPath: string;
}
