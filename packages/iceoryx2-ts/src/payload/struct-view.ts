/** Structs in shared memory, with a property per field. */
import type { Lease } from "./lease.ts";
import {
  INSPECT,
  type InspectArguments,
  LEASE,
  leaseOf,
  type MemoryView,
  memoryOf,
  OFFSET,
  placeOf,
  printView,
  USE,
} from "./memory-view.ts";
import type { StructCodec } from "./struct-codec.ts";

export type ViewClass = new (lease: Lease, offset: number) => MemoryView;

/**
 * Makes the class of the views of one struct, read-only ones without setters.
 *
 * The accessors are closures over offset and codec: within optimised code both are constants, and a view that
 * is used once costs no allocation.
 */
export function createViewClass(struct: StructCodec, writable: boolean): ViewClass {
  class StructView implements MemoryView {
    declare readonly [LEASE]: Lease;
    declare readonly [USE]: number;
    declare readonly [OFFSET]: number;

    constructor(lease: Lease, offset: number) {
      this[LEASE] = lease;
      this[USE] = lease.use;
      this[OFFSET] = offset;
    }

    toJSON(): unknown {
      return struct.read(memoryOf(this), placeOf(this));
    }

    [INSPECT](...args: InspectArguments): string {
      const fields = this as unknown as Record<string, unknown>;
      const contents = (): object =>
        Object.fromEntries(struct.fields.map(({ name }) => [name, fields[name]]));
      return printView(this, `${struct.typeName} `, contents, args);
    }
  }
  for (const { name, offset, codec } of struct.fields) {
    const property: PropertyDescriptor = {
      enumerable: true,
      get(this: MemoryView): unknown {
        return codec.view(leaseOf(this), this[OFFSET] + offset, writable);
      },
    };
    if (writable) {
      property.set = function (this: MemoryView, value: unknown): void {
        const { memory, base } = leaseOf(this);
        try {
          codec.write(memory, base + this[OFFSET] + offset, value);
        } catch (error) {
          throw struct.fieldError(name, value, error);
        }
      };
    }
    Object.defineProperty(StructView.prototype, name, property);
  }
  return StructView;
}
