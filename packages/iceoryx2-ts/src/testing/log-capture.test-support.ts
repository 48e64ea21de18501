import { type Logger, type LogLevel, setLogger } from "../base/log.ts";

/** Collects the log of a test instead of printing it. */
export class LogCapture implements Logger, Disposable {
  readonly entries: { readonly level: LogLevel; readonly origin: string; readonly message: string }[] = [];

  constructor() {
    setLogger(this);
  }

  log(level: LogLevel, origin: string, message: string): void {
    this.entries.push({ level, origin, message });
  }

  get messages(): string[] {
    return this.entries.map(({ level, origin, message }) => `${level}: ${origin}: ${message}`);
  }

  [Symbol.dispose](): void {
    setLogger(undefined);
  }
}
