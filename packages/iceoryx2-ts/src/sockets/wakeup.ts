/**
 * When a socket looks for what its pending calls wait for.
 *
 * ```text
 *   idle -----> looking: at every turn of the event loop -----> asleep: until the other end notifies
 *     ^            |    ^                                          |
 *     |            |    +------------------------------------------+
 *     +------------+  nothing is pending any more
 * ```
 *
 * Who is asleep has said so before it looked for the last time, so the other end knows whom to wake, and makes no
 * system call for anybody else. Looking for some turns first is what makes messages that come one after the other
 * fast, for waking takes longer than most of them are apart.
 *
 * The listener's descriptor is watched all the time: what others ask for is answered although no call is pending. That
 * keeps the process alive only while one is.
 */
import type { Node } from "../api/node.ts";
import { hostOs } from "../os/host.ts";
import type { Os, Watch } from "../os/os.ts";
import type { EventActivation } from "../port/event/activations.ts";
import type { Listener } from "../port/event/listener.ts";

/** What is woken. */
export interface Sleeper {
  /** Serves pending calls. @returns whether any is still pending. */
  look(): boolean;
  /** Tells the other ends what to wake it for, or that there is no need to. */
  announce(isAsleep: boolean): void;
  /** The listener was notified. */
  onEvents(activations: readonly EventActivation[]): void;
  /** It has slept for a while: is there anybody who could wake it? */
  checkPeers(): void;
  /** SIGINT or SIGTERM came, or the node was closed: pending calls end. */
  onEnd(): void;
}

/** How long to look at every turn, in nanoseconds: longer than another process takes to answer. */
const LOOK_FOR = 50_000n;
/** How long a watch for signals outlives the call that needed it, in milliseconds: mostly the next one is near. */
const LINGER = 20;
/** The longest time that a node waits. */
const FOR_EVER = 2 ** 31 - 1;

export class Wakeup {
  readonly #os: Os = hostOs();
  readonly #node: Node;
  readonly #listener: Listener;
  readonly #sleeper: Sleeper;
  readonly #watch: Watch;
  readonly #check: NodeJS.Timeout;
  #state: "idle" | "looking" | "asleep" | "stopped" = "idle";
  #lookUntil = 0n;
  #endWatch: AbortController | undefined;
  #linger: NodeJS.Timeout | undefined;

  /** @param checkInterval how often to check the peers while it sleeps, in milliseconds. */
  constructor(node: Node, listener: Listener, sleeper: Sleeper, checkInterval: number) {
    this.#node = node;
    this.#listener = listener;
    this.#sleeper = sleeper;
    this.#watch = this.#os.watch(listener.fd, () => this.#onReadable());
    this.#watch.unref();
    this.#check = setInterval(() => this.#onInterval(), checkInterval).unref();
  }

  /** A call became pending. */
  need(): void {
    if (this.#state === "stopped") return;
    if (this.#state === "idle") {
      this.#watch.ref();
      this.#watchEnd();
    }
    this.#startLooking();
  }

  stop(): void {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#watch.stop();
    clearInterval(this.#check);
    clearTimeout(this.#linger);
    this.#endWatch?.abort();
  }

  #startLooking(): void {
    this.#lookUntil = this.#os.monotonicTime() + LOOK_FOR;
    if (this.#state === "looking") return;
    if (this.#state === "asleep") this.#sleeper.announce(false);
    this.#state = "looking";
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    if (this.#state !== "looking") return;
    if (!this.#sleeper.look()) this.#rest();
    else if (this.#os.monotonicTime() < this.#lookUntil) setImmediate(this.#turn);
    else this.#sleep();
  };

  #sleep(): void {
    this.#state = "asleep";
    this.#sleeper.announce(true);
    // What came before that was seen would wake nobody.
    if (!this.#sleeper.look()) this.#rest();
  }

  #rest(): void {
    if (this.#state === "stopped") return;
    if (this.#state === "asleep") this.#sleeper.announce(false);
    this.#state = "idle";
    this.#watch.unref();
    this.#linger ??= setTimeout(() => this.#stopWatchingEnd(), LINGER).unref();
  }

  /** Whoever takes events has to look: they may be all that there is of what woke it. */
  #onReadable(): void {
    this.#sleeper.onEvents(this.#listener.tryWait());
    if (this.#state !== "asleep") return;
    if (!this.#sleeper.look()) this.#rest();
    else this.#startLooking();
  }

  /** Also finds what was notified by somebody who died in the middle of it. */
  #onInterval(): void {
    if (this.#state !== "asleep") return;
    this.#sleeper.checkPeers();
    this.#onReadable();
  }

  /** A node's wait is what SIGINT, SIGTERM and the end of the node end. */
  #watchEnd(): void {
    if (this.#endWatch !== undefined) return;
    const controller = new AbortController();
    this.#endWatch = controller;
    this.#node.wait(FOR_EVER, { signal: controller.signal }).then(
      (timePassed) => {
        this.#endWatch = undefined;
        if (timePassed) this.#watchEnd();
        else if (this.#state !== "stopped") this.#sleeper.onEnd();
      },
      () => {
        this.#endWatch = undefined;
      },
    );
  }

  #stopWatchingEnd(): void {
    this.#linger = undefined;
    if (this.#state === "idle") this.#endWatch?.abort();
  }
}
