/** Checks of our own logic that stay on in production: a failure is a defect of this library. */

export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`iceoryx2-ts defect, please report it: ${invariant}`);
}
