/**
 * What one end of a connection tells the other one without sending it anything: a page in its own data segment.
 *
 * ```text
 *    0  u128  the subscriber that is greeted: whoever else gets it ignores it
 *   16  u128  the subscriber of the greeting end
 *   32  u128  the listener of the greeting end
 *   48  u32   version of this layout
 *   52  u32   session: what the messages of the greeting end have in their headers
 *   56  ...
 *  128  u32   received: the sequence number that the greeting end expects next
 *  132  u32   sent: the sequence number that it gives next
 *  136  u32   asleep: 1 while it waits for a message and has to be woken
 *  140  u32   wants: what it waits for as a sender, 0 nothing, 1 room, 2 that everything was taken
 *  144  u32   ready: 1 once its subscriber is connected
 *  148  u32   accepted: 1 once it got the other end's page; `received` counts from then on
 *  152  u32   connected: 1 once it saw that the other end accepted its page, and may have sent messages
 * ```
 *
 * It travels as a sample. The sender of a slice may go on writing to it, and the receiver sees that as long as it does
 * not release the sample: so both ends see each other's numbers at any time, without a system call, as two processes
 * of one program would. The words from 128 on are only accessed atomically; the end that wrote the page is the only one
 * that writes to it.
 */
import { readUniqueId, writeUniqueId } from "../base/unique-id.ts";

const TO = 0;
const FROM: number = TO + 16;
const LISTENER: number = FROM + 16;
const VERSION: number = LISTENER + 16;
const SESSION: number = VERSION + 4;
/** The words that change share their cache lines with nothing else, wherever the page lies. */
const WORDS = 128;
const RECEIVED = 0;
const SENT = 1;
const ASLEEP = 2;
const WANTS = 3;
const READY = 4;
const ACCEPTED = 5;
const CONNECTED = 6;
const NUMBER_OF_WORDS = 7;
const WORD_SIZE = 4;
const CACHE_LINE = 64;
const LAYOUT_VERSION = 1;

/** In bytes. */
export const PAGE_SIZE: number = WORDS + 2 * CACHE_LINE;

export const WANTS_NOTHING = 0;
export const WANTS_ROOM = 1;
export const WANTS_EVERYTHING_TAKEN = 2;

/** Who greets whom. */
export interface Greeting {
  readonly to: bigint;
  readonly from: bigint;
  readonly listener: bigint;
  readonly session: number;
}

/** The page that is ours. */
export class OwnPage {
  readonly #words: Int32Array;

  /** @param memory `PAGE_SIZE` zeroed bytes. */
  constructor(memory: Uint8Array<ArrayBuffer>, greeting: Greeting, sequence: number) {
    const { buffer, byteOffset } = memory;
    const view = new DataView(buffer, byteOffset, PAGE_SIZE);
    writeUniqueId(view, TO, greeting.to);
    writeUniqueId(view, FROM, greeting.from);
    writeUniqueId(view, LISTENER, greeting.listener);
    view.setUint32(VERSION, LAYOUT_VERSION, true);
    view.setUint32(SESSION, greeting.session, true);
    this.#words = new Int32Array(buffer, byteOffset + WORDS, NUMBER_OF_WORDS);
    this.sent = sequence;
  }

  set received(sequence: number) {
    Atomics.store(this.#words, RECEIVED, sequence);
  }

  set sent(sequence: number) {
    Atomics.store(this.#words, SENT, sequence);
  }

  set isAsleep(isAsleep: boolean) {
    Atomics.store(this.#words, ASLEEP, isAsleep ? 1 : 0);
  }

  set wants(wants: number) {
    Atomics.store(this.#words, WANTS, wants);
  }

  getReady(): void {
    Atomics.store(this.#words, READY, 1);
  }

  /** @param next the number of the first message after the other end's page. */
  accept(next: number): void {
    this.received = next;
    Atomics.store(this.#words, ACCEPTED, 1);
  }

  connect(): void {
    Atomics.store(this.#words, CONNECTED, 1);
  }
}

/** The page of the other end, which may write anything into it. */
export class PeerPage implements Greeting {
  readonly to: bigint;
  readonly from: bigint;
  readonly listener: bigint;
  readonly session: number;
  readonly #words: Int32Array;

  private constructor({ buffer, byteOffset }: Uint8Array<ArrayBuffer>) {
    const view = new DataView(buffer, byteOffset, PAGE_SIZE);
    this.to = readUniqueId(view, TO);
    this.from = readUniqueId(view, FROM);
    this.listener = readUniqueId(view, LISTENER);
    this.session = view.getUint32(SESSION, true);
    this.#words = new Int32Array(buffer, byteOffset + WORDS, NUMBER_OF_WORDS);
  }

  /** @returns undefined for what is no page. */
  static read(memory: Uint8Array<ArrayBuffer>): PeerPage | undefined {
    const { buffer, byteOffset, byteLength } = memory;
    if (byteLength !== PAGE_SIZE || byteOffset % WORD_SIZE !== 0) return undefined;
    const version = new DataView(buffer, byteOffset).getUint32(VERSION, true);
    return version === LAYOUT_VERSION ? new PeerPage(memory) : undefined;
  }

  get received(): number {
    return Atomics.load(this.#words, RECEIVED);
  }

  get sent(): number {
    return Atomics.load(this.#words, SENT);
  }

  get isAsleep(): boolean {
    return Atomics.load(this.#words, ASLEEP) !== 0;
  }

  get wants(): number {
    return Atomics.load(this.#words, WANTS);
  }

  get isReady(): boolean {
    return Atomics.load(this.#words, READY) !== 0;
  }

  get hasAccepted(): boolean {
    return Atomics.load(this.#words, ACCEPTED) !== 0;
  }

  get isConnected(): boolean {
    return Atomics.load(this.#words, CONNECTED) !== 0;
  }
}
