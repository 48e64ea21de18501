/**
 * A handle of libuv, which calls back from the event loop while a descriptor is readable.
 *
 * koffi makes such handles, and they end with their thread. But the callback that it gives them aborts the whole
 * process if it runs once more while its thread is being terminated, or while an exiting process cleans up. A function
 * that is registered with koffi is just not called then: so one takes its place.
 */
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import { type Koffi, type KoffiPollHandle, koffi } from "./linux-libc.ts";
import { OsError } from "./os-error.ts";

/** Of uv_handle_type. */
const UV_POLL = 8;
const UV_READABLE = 1;

/** It ends when it is collected, so keep it. */
export class PollHandle {
  readonly #handle: KoffiPollHandle;
  #isClosed = false;

  /** Aborts the process for what cannot be polled, or is polled already by this thread. */
  constructor(fd: number, callback: () => void) {
    const { node, pointer, proto, register, unregister } = koffi();
    this.#handle = node.poll(fd, () => {});
    // libuv passes arguments; that they are not declared saves their conversion.
    const registered = register(callback, pointer(proto("void", [])));
    replaceCallback(koffi(), fd, registered);
    if (isMainThread) return;
    // There is room for some thousand functions in the process, so no thread keeps its place longer than it must.
    process.once("exit", () => {
      this.#isClosed = true;
      this.#handle.close();
      unregister(registered);
    });
  }

  ref(): void {
    if (!this.#isClosed) this.#handle.ref();
  }

  unref(): void {
    if (!this.#isClosed) this.#handle.unref();
  }
}

/** @param callback a function of C, for the handle of this thread that polls `fd`. */
function replaceCallback({ load, node, pointer, proto }: Koffi, fd: number, callback: bigint): void {
  const self = load(null);
  const getLoop = self.func("napi_get_uv_event_loop", "int", ["void *", "void *"]);
  const walk = self.func("uv_walk", "void", ["uint64_t", pointer(proto("void", ["uint64_t"])), "void *"]);
  const typeOf = self.func("uv_handle_get_type", "int", ["uint64_t"]);
  const fileno = self.func("uv_fileno", "int", ["uint64_t", "void *"]);
  const start = self.func("uv_poll_start", "int", ["uint64_t", "int", "uint64_t"]);

  const loop = new BigUint64Array(1);
  getLoop(node.env, loop);
  const handles: bigint[] = [];
  walk(loop[0], (handle: bigint) => handles.push(handle), null);
  const found = new Int32Array(1);
  const isOurs = (handle: bigint): boolean =>
    typeOf(handle) === UV_POLL && fileno(handle, found) === 0 && found[0] === fd;
  const ours = handles.find(isOurs);
  if (ours === undefined) throw new OsError("ENOENT", "uv_walk", `file descriptor ${fd}`);
  start(ours, UV_READABLE, callback);
}
