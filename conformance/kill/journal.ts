/**
 * How many messages each life has sent, in a file that outlives the senders.
 *
 * ```text
 *   0  u64[lives]   the number of sends of that life that returned
 * ```
 *
 * A publisher writes after each send. So whatever the journal says has been delivered, and a publisher that was
 * killed delivered at most one message more.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";

const ENTRY = 8;

export class Journal implements Disposable {
  readonly #file: number;
  readonly #entry: BigUint64Array<ArrayBuffer> = new BigUint64Array(1);

  /** Opens a file that exists. */
  constructor(path: string) {
    this.#file = openSync(path, "r+");
  }

  write(life: number, sent: number): void {
    this.#entry[0] = BigInt(sent);
    writeSync(this.#file, this.#entry, 0, ENTRY, life * ENTRY);
  }

  /** 0 for a life that sent nothing. */
  read(life: number): number {
    this.#entry[0] = 0n;
    readSync(this.#file, this.#entry, 0, ENTRY, life * ENTRY);
    return Number(this.#entry[0]);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
