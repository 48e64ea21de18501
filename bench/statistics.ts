/** The middle value; of an even number the lower one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

/** Nanoseconds of a monotonic clock. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e9 + nanoseconds;
}

/** Nanoseconds per call, one value per batch. */
export function measure(batches: number, callsPerBatch: number, run: (calls: number) => void): number[] {
  return Array.from({ length: batches }, () => {
    const start = now();
    run(callsPerBatch);
    return (now() - start) / callsPerBatch;
  });
}
