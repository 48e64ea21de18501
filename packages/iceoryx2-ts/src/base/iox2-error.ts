/**
 * The base of every error of this library.
 *
 * An error is identified by its class and its `code`; both are stable, the message is for people. Codes repeat
 * upstream's variant names where upstream has the error.
 *
 * `instanceof` works across two copies of the package in one process: every error carries the names of its
 * classes under a registered symbol, and the classes compare those.
 */

const CLASS_NAMES: unique symbol = Symbol.for("iceoryx2-ts.error");

/** The constructor of an error class: abstract bases have one as well. */
interface ErrorClass {
  readonly className: string;
}

function classNames(type: unknown): readonly string[] {
  const names: string[] = [];
  for (let current = type; typeof current === "function"; current = Object.getPrototypeOf(current)) {
    if (Object.hasOwn(current, "className")) names.push((current as unknown as ErrorClass).className);
  }
  return names;
}

export abstract class Iox2Error<Code extends string = string> extends Error {
  /** The name that identifies the class across copies of the package. Each class states its own. */
  static readonly className: string = "Iox2Error";

  /** What went wrong, as a closed set per class. */
  readonly code: Code;
  /** The object that failed and its name, such as `publisher "front" of service "Camera/Front"`. */
  readonly origin: string;

  constructor(code: Code, origin: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.origin = origin;
    this.name = (this.constructor as unknown as ErrorClass).className;
    Object.defineProperty(this, CLASS_NAMES, { value: classNames(this.constructor) });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A user's own subclass has no class name of its own and is compared in the ordinary way.
    if (!Object.hasOwn(this, "className")) return Function.prototype[Symbol.hasInstance].call(this, value);
    if (typeof value !== "object" || value === null) return false;
    const names: unknown = (value as { [CLASS_NAMES]?: unknown })[CLASS_NAMES];
    return Array.isArray(names) && names.includes(this.className);
  }
}
