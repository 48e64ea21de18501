/**
 * What the benchmark of events tells the two processes of a pair, as exchange/protocol.ts does for messages. The twin
 * of side.ts is python/event_side.py.
 */

/**
 * How a process notices that it was notified. `await`: by a promise of its listener. `callback`: by the readable
 * descriptor of its listener, which it drains. `raw`: by a datagram on Node's event loop, without any listener.
 * `blocking`: by a wait that blocks the thread; Python has nothing else.
 */
export type Means = "raw" | "callback" | "await" | "waitSet" | "blocking";

export type EventCommand =
  | { readonly kind: "open"; readonly means: Means; readonly name: string }
  /** Makes the ends that send; those that receive are there. */
  | { readonly kind: "connect" }
  | {
      /** Side a notifies side b and waits for its answer, so many times. */
      readonly kind: "pingPong";
      readonly count: number;
      /** How long side a sleeps before each time, in milliseconds. */
      readonly pause: number;
    }
  /** Side a notifies as fast as it can; side b takes all. */
  | { readonly kind: "stream"; readonly count: number }
  /** Side b waits and nothing happens. */
  | { readonly kind: "idle"; readonly milliseconds: number }
  | { readonly kind: "close" };
