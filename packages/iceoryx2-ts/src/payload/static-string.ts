/**
 * Strings of limited length inside shared memory, laid out as upstream's `StaticString`.
 *
 * ```text
 *   0           text        capacity bytes of ASCII; what comes after `length` bytes is undefined
 *   capacity    u8          0, so that a full string ends for C as well
 *               padding
 *   size - 8    u64         length, in bytes
 * ```
 */
import { Buffer } from "node:buffer";
import { alignUp } from "../memory/alignment.ts";
import type { FixedCodec } from "./codec.ts";
import { checkLength, defineFixed } from "./define.ts";
import type { Lease } from "./lease.ts";
import { readLength, WORD, writeLength } from "./length-word.ts";
import { describeValue, PayloadValueError } from "./payload-errors.ts";
import type { Scalar } from "./scalars.ts";

export interface StaticStringType extends Scalar<string> {
  /** In characters. */
  readonly capacity: number;
}

/**
 * Up to `capacity` ASCII characters, the character 0 excluded; in TypeScript a string.
 *
 * @throws PayloadTypeError `InvalidLength`, `TooLarge`
 */
export function staticString(capacity: number): StaticStringType {
  checkLength(capacity, "the capacity of a static string");
  const typeName = `iceoryx2_bb_container::string::static_string::StaticString<${capacity}>`;
  return defineFixed<StaticStringType>(
    { typeName, capacity } as StaticStringType,
    new StaticStringCodec(capacity),
  );
}

const CHARACTER_MAX = 127;

class StaticStringCodec implements FixedCodec {
  readonly kind = "fixed";
  readonly size: number;
  readonly alignment: number = WORD;
  readonly nativeArray = undefined;
  readonly isViewLive = false;
  readonly #capacity: number;
  readonly #lengthOffset: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#lengthOffset = alignUp(capacity + 1, WORD);
    this.size = this.#lengthOffset + WORD;
  }

  view(lease: Lease, offset: number): string {
    return this.read(lease.memory, lease.base + offset);
  }

  write(memory: DataView<ArrayBuffer>, at: number, value: unknown): void {
    const text = this.#checked(value);
    for (let index = 0; index < text.length; index++) memory.setUint8(at + index, text.charCodeAt(index));
    memory.setUint8(at + text.length, 0);
    memory.setUint8(at + this.#capacity, 0);
    writeLength(memory, at + this.#lengthOffset, text.length);
  }

  /** Never fails: bytes that are no ASCII become the Latin-1 characters of the same code. */
  read(memory: DataView<ArrayBuffer>, at: number): string {
    const length = readLength(memory, at + this.#lengthOffset, this.#capacity);
    return Buffer.from(memory.buffer, memory.byteOffset + at, length).toString("latin1");
  }

  #checked(value: unknown): string {
    if (typeof value !== "string") throw refusal("WrongType", value, "is no string. Write a string.");
    const { length } = value;
    if (length > this.#capacity) {
      const problem = `has ${length} characters, but there is room for ${this.#capacity}. Shorten it.`;
      throw refusal("TooLong", value, problem);
    }
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 1 && code <= CHARACTER_MAX) continue;
      const problem = `has a character of code ${code} at position ${index}`;
      throw refusal("InvalidContent", value, `${problem}. Use ASCII characters, 1 to ${CHARACTER_MAX}.`);
    }
    return value;
  }
}

function refusal(code: PayloadValueError["code"], value: unknown, problem: string): PayloadValueError {
  return new PayloadValueError(code, `${describeValue(value)} ${problem}`);
}
