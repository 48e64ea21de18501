/** The lines between a test and its peer: JSON, with marks for what JSON cannot say exactly. */

/** A value on its way: `{ $bigint: "5" }` for a bigint, `{ $bytes: "0a0b" }` for bytes. */
export function toLine(value: unknown): string {
  return `${JSON.stringify(value, mark)}\n`;
}

/** The value of a line that `toLine` or the peer wrote. */
export function fromLine(line: string): unknown {
  return JSON.parse(line, unmark);
}

function mark(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("hex") };
  if (value instanceof BigUint64Array || value instanceof BigInt64Array) return Array.from(value);
  return value;
}

function unmark(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$bigint" in value) return BigInt(String(value.$bigint));
  if ("$bytes" in value) return new Uint8Array(Buffer.from(String(value.$bytes), "hex"));
  return value;
}
