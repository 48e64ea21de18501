/**
 * The right to use a piece of shared memory for a while.
 *
 * Loans and samples extend `Lease`, and every view of a payload reads through one: ending the lease revokes all of
 * them with a single store. What a lease knows is reached by functions of this module instead of methods, so that
 * users do not see it on their loans and samples.
 */
import { UseAfterReleaseError } from "../base/general-errors.ts";

/** @throws UseAfterReleaseError if the lease is not open. */
export let leaseMemory: (lease: Lease) => DataView<ArrayBuffer>;
/** Where the chunk begins in the memory, in bytes. */
export let leaseBase: (lease: Lease) => number;
export let isReleased: (lease: Lease) => boolean;
/**
 * Begins the lease, or begins it again for other contents: its views are valid from now on.
 *
 * @param base where the chunk begins in `memory`, in bytes.
 * @param describe names the lease in messages.
 */
export let openLease: (
  lease: Lease,
  memory: DataView<ArrayBuffer>,
  base: number,
  describe: () => string,
) => void;
/** Revokes all views; doing it twice is allowed. */
export let closeLease: (lease: Lease) => void;
/** Lets the same views go on over other memory, which holds the same bytes from `base` on. */
export let moveLease: (lease: Lease, memory: DataView<ArrayBuffer>, base: number) => void;

export class Lease {
  /** Undefined while nothing may be accessed: the memory and the permission are one load and one compare. */
  #memory: DataView<ArrayBuffer> | undefined;
  #base = 0;
  #describe: () => string = () => "a lease that was never opened";

  static {
    leaseMemory = (lease) => {
      const memory = lease.#memory;
      if (memory === undefined) throw useAfterRelease(lease.#describe());
      return memory;
    };
    leaseBase = (lease) => lease.#base;
    isReleased = (lease) => lease.#memory === undefined;
    openLease = (lease, memory, base, describe) => {
      lease.#memory = memory;
      lease.#base = base;
      lease.#describe = describe;
    };
    closeLease = (lease) => {
      lease.#memory = undefined;
    };
    moveLease = (lease, memory, base) => {
      lease.#memory = memory;
      lease.#base = base;
    };
  }
}

function useAfterRelease(origin: string): UseAfterReleaseError {
  return new UseAfterReleaseError(
    origin,
    `cannot use ${origin}: it was sent or released before. Use it earlier, or keep a copy of the value.`,
  );
}
