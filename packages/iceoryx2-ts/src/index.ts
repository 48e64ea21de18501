/// <reference lib="esnext.disposable" preserve="true" />
export * from "./base/general-errors.ts";
export { Iox2Error } from "./base/iox2-error.ts";
export { type Logger, type LogLevel, setLogger, setLogLevel } from "./base/log.ts";
