/**
 * The end of the process: closing all nodes at exit, and what SIGINT and SIGTERM do.
 *
 * A signal ends the waits that are pending here, and everything else stays as the user has it: a handler is
 * installed only while somebody waits (signal mode "wait") or a node asks for it ("cleanup"), and if nothing waited
 * and nobody else handles the signal, all nodes are closed and the signal is raised again, so that the exit status
 * tells the truth. Exceptions are never caught: Node.js runs the exit hook for them as well.
 */
import process from "node:process";
import { isMainThread } from "node:worker_threads";

/**
 * How a node treats SIGINT and SIGTERM: end pending waits; close everything even when nothing waits; nothing at all.
 */
export type SignalMode = "wait" | "cleanup" | "ignore";

interface Closable {
  close(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
type Signal = (typeof SIGNALS)[number];

const openNodes = new Set<Closable>();
const waits = new Set<() => void>();
let cleanupNodes = 0;
let isListening = false;
let isTerminating = false;
/** How often the last wait ended. */
let pauses = 0;

/** Whether SIGINT or SIGTERM came while we were listening: whoever waits from now on returns at once. */
export function terminationRequested(): boolean {
  return isTerminating;
}

/** The node is closed when the process or thread ends. @returns how to take it back. */
export function closeAtExit(node: Closable, mode: SignalMode): () => void {
  if (openNodes.size === 0) process.on("exit", closeAllNodes);
  openNodes.add(node);
  if (mode === "cleanup") cleanupNodes++;
  updateListening();
  return () => {
    if (!openNodes.delete(node)) return;
    if (openNodes.size === 0) process.off("exit", closeAllNodes);
    if (mode === "cleanup") cleanupNodes--;
    updateListening();
  };
}

/** Calls `end` when a signal asks to terminate, until the returned function is called. */
export function endAtTermination(mode: SignalMode, end: () => void): () => void {
  if (mode === "ignore") return () => {};
  waits.add(end);
  updateListening();
  return () => {
    waits.delete(end);
    updateListening();
  };
}

let isShortWaitNoted = false;

/**
 * Somebody waits whose wait may be over before the event loop turns: he blocks the thread, or what he waits for is
 * there already. It counts as a wait until the event loop has turned, for that is when the handler runs: so a signal
 * ends a loop that never has to wait as well.
 */
export function noteShortWait(mode: SignalMode): void {
  if (mode === "ignore" || isShortWaitNoted) return;
  isShortWaitNoted = true;
  const stop = endAtTermination(mode, () => {});
  // The first signal of a process can take two turns.
  afterThisTurn(() => {
    isShortWaitNoted = false;
    stop();
  });
}

function updateListening(): void {
  // Worker threads get no signals.
  const shouldListen = isMainThread && (waits.size > 0 || cleanupNodes > 0);
  if (shouldListen === isListening) return;
  if (shouldListen) startListening();
  else stopListeningSoon();
}

function startListening(): void {
  isListening = true;
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

/**
 * A loop waits again when its promise goes on, which can be as late as the end of the turn in which it was woken;
 * without the delay a signal in between would find no handler.
 */
function stopListeningSoon(): void {
  const pause = ++pauses;
  afterThisTurn(() => {
    if (pause === pauses) stopListeningIfIdle();
  });
}

function afterThisTurn(action: () => void): void {
  setImmediate(() => setImmediate(action));
}

function stopListeningIfIdle(): void {
  if (!isListening || waits.size > 0 || cleanupNodes > 0) return;
  isListening = false;
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: Signal): void {
  const othersHandleIt = process.listenerCount(signal) > 1;
  if (waits.size > 0) endWaits();
  // Who was woken in this turn may be about to wait again.
  else if (!othersHandleIt) afterThisTurn(() => endWaitsOrProcess(signal));
}

function endWaitsOrProcess(signal: Signal): void {
  if (waits.size > 0) {
    endWaits();
    return;
  }
  closeAllNodes();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

function endWaits(): void {
  isTerminating = true;
  for (const end of [...waits]) end();
}

function closeAllNodes(): void {
  for (const node of [...openNodes].reverse()) node.close();
}
