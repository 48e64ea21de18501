/** What is attached to a wait set, and which of it is to be reported at a given time. */
import { log } from "../base/log.ts";
import type { DescriptorSet, Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import type { Attached, Attachment } from "./attachment.ts";
import { toAttachmentError, toCreateError, toRunError } from "./wait-set-failures.ts";

/** What was found at one time. */
export interface Round {
  readonly attachments: readonly Attachment[];
  readonly time: number;
}

export class AttachmentList {
  readonly #origin: string;
  readonly #set: DescriptorSet;
  /** In the order in which they were attached. */
  readonly #all: Set<Attached> = new Set();
  readonly #byFd: Map<number, Attached> = new Map();
  #rounds = 0;

  /** @throws WaitSetCreateError */
  constructor(os: Os, origin: string) {
    this.#origin = origin;
    try {
      this.#set = os.openDescriptorSet();
    } catch (cause) {
      throw toCreateError(cause, origin);
    }
  }

  /** Readable while a descriptor is that was attached. */
  get fd(): number {
    return this.#set.fd;
  }

  get length(): number {
    return this.#all.size;
  }

  get capacity(): number {
    return this.#set.capacity;
  }

  /** Whether `fd` tells everything that listeners have. */
  get isIdle(): boolean {
    for (const attached of this.#all) if (hasMore(attached)) return false;
    return true;
  }

  /** @throws WaitSetAttachmentError */
  add(attached: Attached): void {
    const { fd } = attached;
    if (fd !== undefined) {
      // One that is left alone is not in the set, but attached all the same.
      const other = this.#byFd.get(fd);
      if (other !== undefined) this.#resume(other);
      try {
        this.#set.add(fd);
      } catch (cause) {
        throw toAttachmentError(cause, this.#origin, attached);
      }
      this.#byFd.set(fd, attached);
    }
    this.#all.add(attached);
  }

  remove(attached: Attached): void {
    this.#all.delete(attached);
    const { fd } = attached;
    // The number may mean another one by now.
    if (fd === undefined || this.#byFd.get(fd) !== attached) return;
    this.#byFd.delete(fd);
    this.#set.remove(fd);
  }

  /**
   * Missed deadlines and intervals, then what is readable, whose deadlines begin anew.
   *
   * @throws WaitSetRunError
   */
  find(time: number): Round | undefined {
    const readable = this.#findReadable(time);
    // First of all, so that a late event counts, and the time that callbacks take does not.
    for (const { due } of readable) due?.restart(time);
    const attachments: Attachment[] = [];
    for (const { due, whenDue } of this.#all) {
      if (due?.isDue(time)) attachments.push(whenDue!);
    }
    for (const { whenReadable } of readable) attachments.push(whenReadable!);
    return attachments.length === 0 ? undefined : { attachments, time };
  }

  /** How long it takes until there is something to report whatever the descriptors do. */
  timeLeft(time: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { due, neglect } of this.#all) {
      if (due !== undefined) least = Math.min(least, due.timeLeft(time));
      if (neglect?.resumesAt !== undefined) least = Math.min(least, Math.max(neglect.resumesAt - time, 0));
    }
    return least;
  }

  /** Releases everything. */
  close(): void {
    for (const attached of [...this.#all]) attached.release();
    this.#set.close();
  }

  #findReadable(time: number): Attached[] {
    for (const attached of this.#all) {
      if ((attached.neglect?.resumesAt ?? Number.POSITIVE_INFINITY) <= time) this.#resume(attached);
    }
    this.#rounds++;
    const found: Attached[] = [];
    const add = (attached: Attached): void => {
      if (attached.round === this.#rounds) return;
      attached.round = this.#rounds;
      found.push(attached);
      this.#noteReport(attached, time);
    };
    for (const fd of this.#readableDescriptors()) {
      const attached = this.#byFd.get(fd);
      if (attached !== undefined) add(attached);
    }
    for (const attached of this.#all) if (hasMore(attached)) add(attached);
    return found;
  }

  #readableDescriptors(): number[] {
    try {
      return this.#set.readable();
    } catch (cause) {
      throw toRunError(cause, this.#origin);
    }
  }

  #noteReport({ neglect, listener, fd }: Attached, time: number): void {
    const consequence = neglect?.note(time);
    if (consequence === undefined) return;
    this.#set.remove(fd!);
    if (consequence === "Pause") return;
    log(
      "warn",
      this.#origin,
      `${listener?.origin} is reported again and again, but nobody takes its events. Call tryWait() whenever it is \
reported. Until then that happens every 10 ms only.`,
    );
  }

  /** Reports it again, if it is one that was left alone. */
  #resume({ fd, neglect }: Attached): void {
    if (neglect?.resumesAt === undefined) return;
    neglect.resumesAt = undefined;
    try {
      this.#set.add(fd!);
    } catch (error) {
      // It was closed meanwhile.
      if (!isOsError(error)) throw error;
    }
  }
}

/** Whether a listener has something, whatever its descriptor says. */
function hasMore({ listener, neglect }: Attached): boolean {
  return listener !== undefined && !listener.closed && !listener.isIdle && neglect?.resumesAt === undefined;
}
