/** Which of many descriptors are readable. */
import { closeSync, readFileSync } from "node:fs";
import { Epoll } from "./linux-epoll.ts";
import { forgetWatches } from "./linux-reactor.ts";
import type { DescriptorSet } from "./os.ts";
import { callNode } from "./os-error.ts";

/** Upstream takes as many at a time. */
const EVENTS_MAX = 512;
const CAPACITY_FILE = "/proc/sys/fs/epoll/max_user_watches";

export class LinuxDescriptorSet implements DescriptorSet {
  readonly #epoll: Epoll = new Epoll(EVENTS_MAX);

  get fd(): number {
    return this.#epoll.fd;
  }

  get capacity(): number {
    return Number(callNode("open", CAPACITY_FILE, () => readFileSync(CAPACITY_FILE, "latin1")));
  }

  add(fd: number): void {
    this.#epoll.add(fd, 0);
  }

  remove(fd: number): void {
    this.#epoll.remove(fd);
  }

  readable(): number[] {
    const count = this.#epoll.collect();
    const fds: number[] = [];
    for (let index = 0; index < count; index++) fds.push(this.#epoll.fdAt(index));
    return fds;
  }

  close(): void {
    forgetWatches(this.fd);
    closeSync(this.fd);
  }
}
