/** What both programs of the example share. */
import { type StructType, struct, type U64, u64 } from "iceoryx2-ts";

export const NAME = "example/request_response_with_events";

/**
 * With each request goes the id of the listener that wants to be told of its responses. Rust aligns a u128 to 16 bytes,
 * two of u64 are aligned to 8: together with programs in Rust, one of those has to create the service.
 */
export const ListenerId: StructType<{ low: U64; high: U64 }> = struct("u128", { low: u64, high: u64 });

const HALF = 64n;

export function split(id: bigint): { low: bigint; high: bigint } {
  return { low: BigInt.asUintN(64, id), high: id >> HALF };
}

export function join({ low, high }: { readonly low: bigint; readonly high: bigint }): bigint {
  return (high << HALF) | low;
}
