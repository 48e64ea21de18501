/**
 * The log: one line per happening, to stderr, `warn` and above unless `IOX2_LOG_LEVEL` or `setLogger` says
 * otherwise. The levels are upstream's.
 */
import process from "node:process";

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LEVELS)[number];

export interface Logger {
  /** `origin` is the object that speaks, such as `node "camera"`. */
  log(level: LogLevel, origin: string, message: string): void;
}

const stderrLogger: Logger = {
  log(level, origin, message): void {
    process.stderr.write(`[${level}] ${origin}\n        | ${message}\n`);
  },
};

let logger: Logger = stderrLogger;
let threshold: number = levelFromEnvironment();

function levelFromEnvironment(): number {
  const index = LEVELS.indexOf((process.env["IOX2_LOG_LEVEL"] ?? "").toLowerCase() as LogLevel);
  return index >= 0 ? index : LEVELS.indexOf("warn");
}

/** Sends the log elsewhere; `undefined` restores stderr. */
export function setLogger(replacement: Logger | undefined): void {
  logger = replacement ?? stderrLogger;
}

/** Lets through messages of this level and above. */
export function setLogLevel(level: LogLevel): void {
  threshold = LEVELS.indexOf(level);
}

export function log(level: LogLevel, origin: string, message: string): void {
  if (LEVELS.indexOf(level) >= threshold) logger.log(level, origin, message);
}
