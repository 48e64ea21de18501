/** Tables on the console, and how figures look in them. */
const FIRST_COLUMN = 40;
const COLUMN = 12;

export function printTitle(title: string): void {
  console.log(`\n${title}\n`);
}

export function printRow(what: string, ...columns: readonly string[]): void {
  console.log([what.padEnd(FIRST_COLUMN), ...columns.map((column) => column.padStart(COLUMN))].join(""));
}

/** @param value in nanoseconds. */
export function describeTime(value: number): string {
  if (value < 1000) return `${value.toFixed(0)} ns`;
  return value < 1e6 ? `${(value / 1e3).toPrecision(3)} µs` : `${(value / 1e6).toPrecision(3)} ms`;
}

/** @param nanoseconds per message. */
export function describeRate(nanoseconds: number): string {
  const perSecond = 1e9 / nanoseconds;
  return perSecond < 1e6
    ? `${(perSecond / 1e3).toPrecision(3)} k/s`
    : `${(perSecond / 1e6).toPrecision(3)} M/s`;
}

export function describeRatio(ratio: number): string {
  return `${ratio.toFixed(2)}x`;
}

export function describeSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`;
}
