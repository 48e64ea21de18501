import process from "node:process";
import { ClosedError, InvalidArgumentError } from "../base/general-errors.ts";
import { checkNodeName, checkServiceName, checkUserServiceName } from "../base/names.ts";
import { demandTimeout } from "../base/timeout.ts";
import { Config } from "../config/config.ts";
import { blockingCleanup, cleanupAsync, tryCleanup } from "../lifecycle/cleanup.ts";
import { NodeListFailure } from "../lifecycle/node-errors.ts";
import { NodeState } from "../lifecycle/node-state.ts";
import { closeAtExit, type SignalMode } from "../lifecycle/termination.ts";
import { pauseFor } from "../lifecycle/waiting.ts";
import { listNodeIds, listNodes, type NodeView } from "../node/node-list.ts";
import { hostOs } from "../os/host.ts";
import { isOsError } from "../os/os-error.ts";
import type { RunOptions } from "../os/steps.ts";
import type { CleanupState } from "../recovery/dead-nodes.ts";
import { forceRemoveService } from "../recovery/force-removal.ts";
import type { MessagingPatternKind } from "../service/messaging-pattern.ts";
import { NodeWaitSet } from "../waitset/node-wait-set.ts";
import type { WaitSet, WaitSetOptions } from "../waitset/wait-set.ts";
import { ServiceBuilder } from "./service-builder.ts";

export interface NodeOptions {
  /** Up to 128 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** `Config.global()` by default. */
  readonly config?: Config | undefined;
  /**
   * What SIGINT and SIGTERM do: "wait" ends pending waits of this node (the default), "cleanup" also closes the node
   * when nothing waits, "ignore" leaves them alone.
   */
  readonly signals?: SignalMode | undefined;
  /**
   * Notes where each loan and sample is taken, so that `ExceedsMaxLoans` and `ExceedsMaxBorrows` can list those that
   * were never given back. Costs some microseconds each; `IOX2_TRACK_SAMPLES=1` is the default for all nodes.
   */
  readonly trackSamples?: boolean | undefined;
}

/**
 * A participant: everything else is created through a node, and goes with it. Other processes see whether it is
 * alive, and clean up after it when its process dies.
 */
export class Node implements Disposable {
  readonly #state: NodeState;
  readonly #stopExitHook: () => void;

  private constructor(state: NodeState) {
    this.#state = state;
    this.#stopExitHook = closeAtExit(this, state.waits.signalMode);
  }

  /**
   * @throws NodeCreationFailure, InvalidNameError, UnsupportedPlatformError; nothing is left behind then.
   */
  static create(options: NodeOptions = {}): Node {
    const name = options.name ?? "";
    checkNodeName(name);
    const tracksSamples = options.trackSamples ?? process.env["IOX2_TRACK_SAMPLES"] === "1";
    const behavior = { signalMode: options.signals, tracksSamples };
    return new Node(NodeState.create(hostOs(), options.config ?? Config.global(), name, behavior));
  }

  /**
   * All nodes of a domain, whatever their process and language.
   *
   * @param config `Config.global()` by default.
   * @throws NodeListFailure
   */
  static list(config: Config = Config.global()): NodeView[] {
    try {
      return listNodes(hostOs(), config);
    } catch (cause) {
      const code = isOsError(cause, "EACCES", "EPERM") ? "InsufficientPermissions" : "InternalError";
      const message = `cannot list the nodes in "${config.global.rootPath}": ${(cause as Error).message}`;
      throw new NodeListFailure(code, "Node.list", message, { cause });
    }
  }

  get id(): bigint {
    return this.#state.id;
  }

  get name(): string {
    return this.#state.name;
  }

  get config(): Config {
    return this.#state.config;
  }

  get closed(): boolean {
    return this.#state.isClosed;
  }

  /**
   * The way to a service.
   *
   * @param name up to 255 ASCII characters; upstream reserves those that begin with `iox2://`.
   * @throws InvalidNameError, ClosedError
   */
  service(name: string): ServiceBuilder {
    this.#demandOpen();
    checkUserServiceName(name);
    return new ServiceBuilder(this.#state, name);
  }

  /**
   * Something that waits for many things at once.
   *
   * @throws WaitSetCreateError, ClosedError
   */
  waitSet(options: WaitSetOptions = {}): WaitSet {
    return new NodeWaitSet(this.#demandOpen(), options);
  }

  /**
   * Waits without blocking the event loop.
   *
   * @param milliseconds fractions are allowed.
   * @returns true when the time passed; false when the node was closed or SIGINT or SIGTERM came meanwhile, now and
   *   ever after: `while (await node.wait(1000)) ...` ends then.
   * @throws the signal's reason when it is aborted; InvalidArgumentError.
   */
  async wait(
    milliseconds: number,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<boolean> {
    demandTimeout(this.#state.origin, milliseconds);
    return pauseFor(this.#state.waits, milliseconds, options.signal);
  }

  /**
   * Counts periods: yields 1 after the first, 2 after the second and so on. It keeps its phase whatever the loop
   * does, skips what it missed, and ends as `wait` does.
   *
   * @param period in milliseconds.
   */
  async *ticks(
    period: number,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<number, void> {
    if (!(period > 0)) {
      throw new InvalidArgumentError(
        this.#state.origin,
        `cannot tick every ${period} ms: the period must be a number above 0.`,
      );
    }
    const { os } = this.#state;
    const start = os.monotonicTime();
    const elapsed = (): number => Number(os.monotonicTime() - start) / 1e6;
    for (;;) {
      const count = Math.floor(elapsed() / period) + 1;
      while (elapsed() < count * period) {
        if (!(await pauseFor(this.#state.waits, count * period - elapsed(), options.signal))) return;
      }
      yield count;
    }
  }

  /**
   * Cleans up after all dead nodes of the domain; those that somebody else is cleaning up are left to him. It happens
   * by itself when nodes are created or closed and when services are opened, as the configuration says.
   */
  tryCleanupDeadNodes(): CleanupState {
    return tryCleanup(this.#demandOpen(), () => this.#otherNodes());
  }

  /**
   * As `tryCleanupDeadNodes`, but waits for other cleaners and blocks the thread.
   *
   * @param timeout in milliseconds per dead node.
   */
  blockingCleanupDeadNodes(timeout: number): CleanupState {
    return blockingCleanup(this.#demandOpen(), () => this.#otherNodes(), timeout);
  }

  /**
   * The same without blocking: the event loop runs between two nodes.
   *
   * @param options `timeout` is meant per dead node; `config.global.creationTimeout` by default.
   * @throws the signal's reason when it is aborted; what is cleaned up until then stays so.
   */
  async cleanupDeadNodes(options: RunOptions = {}): Promise<CleanupState> {
    return cleanupAsync(this.#demandOpen(), () => this.#otherNodes(), options);
  }

  /**
   * Removes a service whatever its state and whoever uses it. For a service that nothing else frees: those who have it
   * open go on with memory that nobody else can reach.
   *
   * @returns whether there was anything.
   * @throws ServiceRemoveError, InvalidNameError, ClosedError
   */
  forceRemoveService(name: string, pattern: MessagingPatternKind): boolean {
    const { os, config } = this.#demandOpen();
    checkServiceName(name);
    return forceRemoveService(os, config, name, pattern);
  }

  /**
   * Closes everything that was created through this node, in reverse order, and takes it off the machine. It also
   * happens when the process ends by itself, by `process.exit` or by an uncaught exception.
   */
  close(): void {
    if (this.closed) return;
    this.#stopExitHook();
    this.#state.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #otherNodes(): bigint[] {
    const { os, config, id } = this.#state;
    return listNodeIds(os, config).filter((nodeId) => nodeId !== id);
  }

  #demandOpen(): NodeState {
    if (this.closed) throw new ClosedError(this.#state.origin);
    return this.#state;
  }
}
