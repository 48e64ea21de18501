/** A chunk in private memory, as tests of payload types need it. */
import { codecOf } from "./codec.ts";
import { Lease } from "./lease.ts";
import type { FixedType, Input, PayloadType, ReadonlyView, SliceType, Value, View } from "./meaning.ts";

/** Offsets of the payload in its chunk, and of the chunk in the memory, that hide no mistake. */
export const CHUNK = 64;
export const PAYLOAD = 128;
/** What the memory is full of at first. */
export const GARBAGE = 0xa5;

export class TestMemory<T extends PayloadType> {
  readonly lease: Lease;
  readonly memory: DataView<ArrayBuffer>;
  readonly #type: T;
  readonly #length: number;

  /** @param length of a slice, in elements. */
  constructor(type: T, length: number = 1) {
    this.#type = type;
    this.#length = length;
    this.memory = new DataView(new ArrayBuffer(CHUNK + PAYLOAD + this.size + PAYLOAD));
    new Uint8Array(this.memory.buffer).fill(GARBAGE);
    this.lease = new Lease(this.memory, CHUNK, () => "the loan of a test");
    this.lease.begin();
  }

  get size(): number {
    const codec = codecOf(this.#type);
    return codec.kind === "fixed" ? codec.size : codec.element.size * this.#length;
  }

  /** The bytes of the payload. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer, CHUNK + PAYLOAD, this.size);
  }

  /** Whether everything around the payload is as it was at first. */
  get isAroundIntact(): boolean {
    const around = new Uint8Array(this.memory.buffer).slice();
    around.fill(GARBAGE, CHUNK + PAYLOAD, CHUNK + PAYLOAD + this.size);
    return around.every((byte) => byte === GARBAGE);
  }

  get view(): View<T> {
    return this.#view(true) as View<T>;
  }

  get readonlyView(): ReadonlyView<T> {
    return this.#view(false) as ReadonlyView<T>;
  }

  write(value: Input<T>): this {
    codecOf(this.#type).write(this.memory, CHUNK + PAYLOAD, value);
    return this;
  }

  read(): Value<T> {
    const codec = codecOf(this.#type);
    const at = CHUNK + PAYLOAD;
    return (
      codec.kind === "fixed" ? codec.read(this.memory, at) : codec.read(this.memory, at, this.#length)
    ) as Value<T>;
  }

  #view(writable: boolean): unknown {
    const codec = codecOf(this.#type);
    return codec.kind === "fixed"
      ? codec.view(this.lease, PAYLOAD, writable)
      : codec.view(this.lease, PAYLOAD, this.#length, writable);
  }
}

/** A memory that holds `value`. */
export function memoryWith<T extends FixedType>(type: T, value: Input<T>): TestMemory<T> {
  return new TestMemory(type).write(value);
}

/** A memory that holds a slice. */
export function sliceMemoryWith<T extends SliceType>(type: T, value: Input<T>): TestMemory<T> {
  return new TestMemory(type, codecOf(type as SliceType).lengthOf(value)).write(value);
}

/** What users of plain JavaScript write, past the compiler. */
export function untyped<T>(value: unknown): T {
  return value as T;
}
