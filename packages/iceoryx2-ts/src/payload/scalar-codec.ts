/** How numbers and booleans are read and written. */
import type { FixedCodec } from "./codec.ts";
import type { Lease } from "./lease.ts";
import type { NativeArrayClass } from "./native-array.ts";
import { describeValue, PayloadValueError } from "./payload-errors.ts";

/** What `typeof` says of the values of a scalar. */
type Primitive = "number" | "bigint" | "boolean";
/** How a scalar lies in memory: little endian, as everything that iceoryx2 runs on. */
export type Form = "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "f32" | "f64" | "bool";

export interface ScalarRules {
  readonly form: Form;
  /** In bytes. */
  readonly size: number;
  readonly nativeArray: NativeArrayClass | undefined;
  readonly primitive: Primitive;
  /** What to write instead of a value that is not accepted. */
  readonly advise: (value: unknown) => string;
}

/**
 * One class that looks at the form for each access, and not a function per form: fields of all kinds are accessed from
 * the same few places, and a call whose target differs from time to time costs several times what the look does.
 */
export class ScalarCodec implements FixedCodec {
  readonly kind = "fixed";
  readonly isViewLive = false;
  readonly size: number;
  readonly alignment: number;
  readonly nativeArray: NativeArrayClass | undefined;
  readonly #typeName: string;
  readonly #form: Form;
  readonly #primitive: Primitive;
  readonly #advise: ScalarRules["advise"];

  constructor(typeName: string, { form, size, nativeArray, primitive, advise }: ScalarRules) {
    this.size = size;
    this.alignment = size;
    this.nativeArray = nativeArray;
    this.#typeName = typeName;
    this.#form = form;
    this.#primitive = primitive;
    this.#advise = advise;
  }

  view(lease: Lease, offset: number): unknown {
    return load(this.#form, lease.memory, lease.base + offset);
  }

  read(memory: DataView<ArrayBuffer>, at: number): unknown {
    return load(this.#form, memory, at);
  }

  write(memory: DataView<ArrayBuffer>, at: number, value: unknown): void {
    if (typeof value !== this.#primitive) throw this.#wrongType(value);
    store(this.#form, memory, at, value);
  }

  #wrongType(value: unknown): PayloadValueError {
    const problem = `${describeValue(value)} is no ${this.#typeName}; ${this.#advise(value)}.`;
    return new PayloadValueError("WrongType", problem);
  }
}

function load(form: Form, memory: DataView<ArrayBuffer>, at: number): unknown {
  switch (form) {
    case "f64":
      return memory.getFloat64(at, true);
    case "f32":
      return memory.getFloat32(at, true);
    case "i32":
      return memory.getInt32(at, true);
    case "u32":
      return memory.getUint32(at, true);
    case "i64":
      return memory.getBigInt64(at, true);
    case "u64":
      return memory.getBigUint64(at, true);
    case "i16":
      return memory.getInt16(at, true);
    case "u16":
      return memory.getUint16(at, true);
    case "i8":
      return memory.getInt8(at);
    case "u8":
      return memory.getUint8(at);
    case "bool":
      return memory.getUint8(at) !== 0;
  }
}

function store(form: Form, memory: DataView<ArrayBuffer>, at: number, value: unknown): void {
  switch (form) {
    case "f64":
      memory.setFloat64(at, value as number, true);
      break;
    case "f32":
      memory.setFloat32(at, value as number, true);
      break;
    case "i32":
      memory.setInt32(at, value as number, true);
      break;
    case "u32":
      memory.setUint32(at, value as number, true);
      break;
    case "i64":
      memory.setBigInt64(at, value as bigint, true);
      break;
    case "u64":
      memory.setBigUint64(at, value as bigint, true);
      break;
    case "i16":
      memory.setInt16(at, value as number, true);
      break;
    case "u16":
      memory.setUint16(at, value as number, true);
      break;
    case "i8":
      memory.setInt8(at, value as number);
      break;
    case "u8":
      memory.setUint8(at, value as number);
      break;
    case "bool":
      memory.setUint8(at, value ? 1 : 0);
  }
}
