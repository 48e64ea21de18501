import { InvalidArgumentError } from "../../base/general-errors.ts";

/**
 * A count among the options of a port.
 *
 * @returns the fallback if it is not set.
 * @throws InvalidArgumentError
 */
export function countOption(
  origin: string,
  name: string,
  value: number | undefined,
  fallback: number,
  maximum: number,
): number {
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && value >= 0 && value <= maximum) return value;
  throw new InvalidArgumentError(
    origin,
    `cannot create a ${origin}: ${name} is ${value}, but must be an integer from 0 to ${maximum}.`,
  );
}
