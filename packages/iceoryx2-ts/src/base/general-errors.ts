/** Errors that belong to no single stratum: bad arguments, use after the end, waiting, the platform. */
import { Iox2Error } from "./iox2-error.ts";

const invalidNameCodes = ["Empty", "ExceedsMaximumLength", "InvalidContent"] as const;
/** Upstream: `SemanticStringError`. A name of a node, service, port, type, file or attribute is not allowed. */
export class InvalidNameError extends Iox2Error<(typeof invalidNameCodes)[number]> {
  static override readonly className: string = "InvalidNameError";
  static readonly codes: readonly string[] = invalidNameCodes;
}

const invalidArgumentCodes = ["InvalidArgument"] as const;
/** An argument or option is outside of what it may be; the message names it and says what it may be. */
export class InvalidArgumentError extends Iox2Error<(typeof invalidArgumentCodes)[number]> {
  static override readonly className: string = "InvalidArgumentError";
  static readonly codes: readonly string[] = invalidArgumentCodes;

  constructor(origin: string, message: string, options?: ErrorOptions) {
    super("InvalidArgument", origin, message, options);
  }
}

const useAfterReleaseCodes = ["UseAfterRelease"] as const;
/** A loan, sample or view of shared memory was used after it was sent or released. */
export class UseAfterReleaseError extends Iox2Error<(typeof useAfterReleaseCodes)[number]> {
  static override readonly className: string = "UseAfterReleaseError";
  static readonly codes: readonly string[] = useAfterReleaseCodes;

  constructor(origin: string, message: string, options?: ErrorOptions) {
    super("UseAfterRelease", origin, message, options);
  }
}

const closedCodes = ["Closed"] as const;
/** A node, service or port was used after its `close()`. */
export class ClosedError extends Iox2Error<(typeof closedCodes)[number]> {
  static override readonly className: string = "ClosedError";
  static readonly codes: readonly string[] = closedCodes;

  constructor(origin: string, message: string = `${origin} is closed.`, options?: ErrorOptions) {
    super("Closed", origin, message, options);
  }
}

const timeoutCodes = ["Timeout"] as const;
/** What was asked for did not happen within the given time. */
export class TimeoutError extends Iox2Error<(typeof timeoutCodes)[number]> {
  static override readonly className: string = "TimeoutError";
  static readonly codes: readonly string[] = timeoutCodes;

  constructor(origin: string, message: string, options?: ErrorOptions) {
    super("Timeout", origin, message, options);
  }
}

const alreadyWaitingCodes = ["AlreadyWaiting"] as const;
/** A port has one waiter at a time: two would take from each other what both wait for. */
export class AlreadyWaitingError extends Iox2Error<(typeof alreadyWaitingCodes)[number]> {
  static override readonly className: string = "AlreadyWaitingError";
  static readonly codes: readonly string[] = alreadyWaitingCodes;

  constructor(origin: string) {
    super(
      "AlreadyWaiting",
      origin,
      `cannot wait for ${origin}: somebody waits for it already. Wait in one place, or create another port.`,
    );
  }
}

const unsupportedPlatformCodes = ["UnsupportedPlatform"] as const;
/** This operating system, processor or JavaScript runtime is not supported (yet). */
export class UnsupportedPlatformError extends Iox2Error<(typeof unsupportedPlatformCodes)[number]> {
  static override readonly className: string = "UnsupportedPlatformError";
  static readonly codes: readonly string[] = unsupportedPlatformCodes;

  constructor(origin: string, message: string, options?: ErrorOptions) {
    super("UnsupportedPlatform", origin, message, options);
  }
}
