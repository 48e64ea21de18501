/** A folder for sockets, and pairs of them, that go with their test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostOs } from "./host.ts";

const BELL: Uint8Array = Uint8Array.of(0);

export interface SocketPair {
  readonly path: string;
  /** Where the datagrams arrive. */
  readonly receiver: number;
  /** Makes the receiver readable. */
  ring(): void;
  /** Takes everything that waits. @returns how many datagrams that were. */
  drain(): number;
}

export class Sockets implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "t_sockets_"));
  readonly #open: Set<number> = new Set();
  #paths = 0;

  path(): string {
    return join(this.folder, String(this.#paths++));
  }

  /** Closes it at the end, unless somebody did. */
  own(fd: number): number {
    this.#open.add(fd);
    return fd;
  }

  close(fd: number): void {
    this.#open.delete(fd);
    hostOs().close(fd);
  }

  pair(): SocketPair {
    const pair = this.unowned();
    this.own(pair.receiver);
    return pair;
  }

  /** A pair whose receiver the test closes. */
  unowned(): SocketPair {
    const os = hostOs();
    const path = this.path();
    const receiver = os.bindDatagram(path);
    const sender = this.own(os.connectDatagram(path));
    const into = new Uint8Array(8);
    return {
      path,
      receiver,
      ring: () => os.send(sender, BELL),
      drain: () => {
        let count = 0;
        while (os.receive(receiver, into) >= 0) count++;
        return count;
      },
    };
  }

  [Symbol.dispose](): void {
    for (const fd of this.#open) hostOs().close(fd);
    rmSync(this.folder, { recursive: true });
  }
}
