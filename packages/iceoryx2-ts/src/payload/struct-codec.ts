/** How structs are read and written. */
import { alignUp } from "../memory/alignment.ts";
import type { FixedCodec } from "./codec.ts";
import type { Lease } from "./lease.ts";
import type { MemoryView } from "./memory-view.ts";
import { describeValue, PayloadValueError } from "./payload-errors.ts";
import { createViewClass, type ViewClass } from "./struct-view.ts";

/** A field of a struct. */
export interface Field {
  readonly name: string;
  /** In bytes, from the beginning of the struct. */
  readonly offset: number;
  readonly codec: FixedCodec;
}

export class StructCodec implements FixedCodec {
  readonly kind = "fixed";
  readonly typeName: string;
  readonly fields: readonly Field[];
  readonly size: number;
  readonly alignment: number;
  readonly nativeArray = undefined;
  readonly isViewLive = true;
  readonly #View: ViewClass;
  readonly #ReadonlyView: ViewClass;

  /** @param fields at least one, in the order of their offsets. */
  constructor(typeName: string, fields: readonly Field[]) {
    const last = fields.at(-1)!;
    this.typeName = typeName;
    this.fields = fields;
    this.alignment = Math.max(...fields.map(({ codec }) => codec.alignment));
    this.size = alignUp(last.offset + last.codec.size, this.alignment);
    this.#View = createViewClass(this, true);
    this.#ReadonlyView = createViewClass(this, false);
  }

  view(lease: Lease, offset: number, writable: boolean): MemoryView {
    return writable ? new this.#View(lease, offset) : new this.#ReadonlyView(lease, offset);
  }

  write(memory: DataView<ArrayBuffer>, at: number, value: unknown): void {
    if (typeof value !== "object" || value === null) throw this.#noObject(value);
    const { fields } = this;
    for (let index = 0; index < fields.length; index++) {
      const { name, offset, codec } = fields[index]!;
      const fieldValue = (value as Record<string, unknown>)[name];
      try {
        codec.write(memory, at + offset, fieldValue);
      } catch (error) {
        throw this.fieldError(name, fieldValue, error);
      }
    }
  }

  /** What to throw where a value could not be written into a field. */
  fieldError(name: string, value: unknown, error: unknown): unknown {
    const missing = () => new PayloadValueError("MissingField", "the field is missing. Add it.");
    return PayloadValueError.within(value === undefined ? missing() : error, this.typeName, `.${name}`);
  }

  read(memory: DataView<ArrayBuffer>, at: number): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const { name, offset, codec } of this.fields) value[name] = codec.read(memory, at + offset);
    return value;
  }

  #noObject(value: unknown): PayloadValueError {
    const names = this.fields.map(({ name }) => name).join(", ");
    const problem = `${describeValue(value)} has no fields; it takes an object with ${names}.`;
    return new PayloadValueError("WrongType", problem, this.typeName);
  }
}
