import { InvalidArgumentError } from "./general-errors.ts";

/**
 * Checks how long a user wants to wait.
 *
 * @param timeout in milliseconds; infinity is allowed, undefined stands for it.
 * @throws InvalidArgumentError unless it is a number from 0 on.
 */
export function demandTimeout(origin: string, timeout: number | undefined): void {
  if (timeout === undefined || (typeof timeout === "number" && timeout >= 0)) return;
  throw new InvalidArgumentError(
    origin,
    `${origin} cannot wait for ${timeout} ms: the time must be a number from 0 on.`,
  );
}
