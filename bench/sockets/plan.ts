/** What is measured; both processes go through it in the same order. */
import { ONE_WAY, TRANSPORTS, type TransportName } from "./transports.ts";

export interface Step {
  readonly transport: TransportName;
  readonly size: number;
  readonly roundTrips: number;
  readonly messages: number;
}

const KIB = 1024;
export const SIZES: readonly number[] = [64, KIB, 16 * KIB, 64 * KIB, 256 * KIB, KIB * KIB, 4 * KIB * KIB];
/** What a step moves at most, in bytes, and in messages. */
const BYTES_PER_STEP = 100e6;
const MESSAGES_MAX = 20_000;
const ROUND_TRIPS_MAX = 1000;
const MESSAGES_MIN = 25;

/** @param names those that are there. */
export function stepsOf(repetitions: number, names: readonly TransportName[]): Step[] {
  const once = SIZES.flatMap((size) =>
    names.map((transport) => {
      const messages = Math.round(Math.max(MESSAGES_MIN, Math.min(MESSAGES_MAX, BYTES_PER_STEP / size)));
      const roundTrips = ONE_WAY.includes(transport) ? 0 : Math.min(ROUND_TRIPS_MAX, messages);
      return { transport, size, roundTrips, messages };
    }),
  );
  return Array.from({ length: repetitions }, () => once).flat();
}

export function availableTransports(hasZeroMq: boolean): TransportName[] {
  return TRANSPORTS.filter((name) => hasZeroMq || !name.startsWith("zeromq"));
}
