/** What the stress test and its notifiers agree in. */

/** Whom the notifiers notify. */
export const SERVICE = "stress";
/** What the notifiers wait for before they begin. */
export const START_SERVICE = "stress/start";

/** Each notifier sends ids of its own, one after the other in a circle. */
export const IDS_PER_NOTIFIER = 5;
/** Sent by every new notifier. */
export const CREATED = 255;

/** The argument of a notifier, as JSON; `python/notify_program.py` reads it as well. */
export interface NotifierSettings {
  readonly prefix: string;
  readonly rootPath: string;
  readonly firstId: number;
  readonly notifies: number;
  readonly seed: number;
}
