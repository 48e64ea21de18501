/** What can go wrong with notifiers and listeners; names and codes are upstream's. */
import { Iox2Error } from "../../base/iox2-error.ts";

const notifierCreateCodes = ["ExceedsMaxSupportedNotifiers", "UnableToCreatePortTag"] as const;
export class NotifierCreateError extends Iox2Error<(typeof notifierCreateCodes)[number]> {
  static override readonly className: string = "NotifierCreateError";
  static readonly codes: readonly string[] = notifierCreateCodes;
}

const notifierNotifyCodes = [
  "EventIdOutOfBounds",
  "MissedDeadline",
  "UnableToAcquireElapsedTime",
  "InvalidListenerKey",
] as const;
/** `MissedDeadline` and `UnableToAcquireElapsedTime`: all listeners were notified all the same. */
export class NotifierNotifyError extends Iox2Error<(typeof notifierNotifyCodes)[number]> {
  static override readonly className: string = "NotifierNotifyError";
  static readonly codes: readonly string[] = notifierNotifyCodes;
}

const listenerCreateCodes = [
  "ExceedsMaxSupportedListeners",
  "ResourceCreationFailed",
  "UnableToCreatePortTag",
] as const;
export class ListenerCreateError extends Iox2Error<(typeof listenerCreateCodes)[number]> {
  static override readonly className: string = "ListenerCreateError";
  static readonly codes: readonly string[] = listenerCreateCodes;
}

const listenerWaitCodes = ["InternalFailure", "InterruptSignal"] as const;
/** Nothing was taken, and nothing is lost: what was notified goes on waiting. */
export class ListenerWaitError extends Iox2Error<(typeof listenerWaitCodes)[number]> {
  static override readonly className: string = "ListenerWaitError";
  static readonly codes: readonly string[] = listenerWaitCodes;
}
