/** The checks that the quality of service of every pattern goes through. */
import { InvalidArgumentError } from "../base/general-errors.ts";

type Settings<Name extends string, Value> = { readonly [N in Name]?: Value | undefined };

/** Above that no machine has memory for the ports' tables; it keeps size arithmetic exact. */
const LIMIT_MAX = 2 ** 24;

/** @throws InvalidArgumentError for a limit that is no possible value. */
export function checkLimits<Name extends string>(
  origin: string,
  limits: readonly Name[],
  qos: Settings<Name, number>,
  maximum: number = LIMIT_MAX,
): void {
  for (const limit of limits) {
    const value = qos[limit];
    if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= maximum)) continue;
    throw new InvalidArgumentError(
      origin,
      `${limit} of ${origin} is ${value}, but must be an integer from 0 to ${maximum}.`,
    );
  }
}

/** What a service lacks of what is requested: which setting, and the reason in words. */
export interface Shortcoming<Name extends string> {
  readonly setting: Name;
  readonly reason: string;
}

/** The first limit of which an existing service offers less than requested. */
export function findShortage<Name extends string>(
  limits: readonly Name[],
  requested: Settings<Name, number>,
  existing: Readonly<Record<Name, number>>,
): Shortcoming<Name> | undefined {
  for (const setting of limits) {
    const value = requested[setting];
    if (value === undefined || existing[setting] >= value) continue;
    const reason = `it was created with ${setting}: ${existing[setting]}, but at least ${value} are requested. Request less, or create it with more.`;
    return { setting, reason };
  }
  return undefined;
}

/** The first switch that stands otherwise than requested in an existing service. */
export function findMismatch<Name extends string>(
  switches: readonly Name[],
  requested: Settings<Name, boolean>,
  existing: Readonly<Record<Name, boolean>>,
): Shortcoming<Name> | undefined {
  for (const setting of switches) {
    const value = requested[setting];
    if (value === undefined || existing[setting] === value) continue;
    const reason = `it was created with ${setting}: ${existing[setting]}, but ${value} is requested. Both sides must use the same.`;
    return { setting, reason };
  }
  return undefined;
}
