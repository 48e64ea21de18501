/**
 * The rules for every name that leaves this process.
 *
 * Upstream stores names in byte strings that hold the ASCII characters 1 to 127, so a name has as many bytes as
 * characters. Names that become part of a file name are restricted further.
 */
import { InvalidNameError } from "./general-errors.ts";

interface NameRule {
  /** What the name belongs to, for messages. */
  readonly what: string;
  readonly minimumLength: 0 | 1;
  readonly maximumLength: number;
  readonly allowed: (code: number) => boolean;
  /** `allowed`, in words. */
  readonly allowedInWords: string;
}

const INTERNAL_SERVICE_PREFIX = "iox2://";

const isAscii = (code: number): boolean => code >= 1 && code <= 127;
const isBeyondControls = (code: number): boolean => code >= 32 && code <= 127;
const FORBIDDEN_IN_PATHS: ReadonlySet<number> = codesOf('<>"|?*');
const FORBIDDEN_IN_FILE_NAMES: ReadonlySet<number> = codesOf('/\\<>"|?*');

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}

function asciiRule(what: string, minimumLength: 0 | 1, maximumLength: number): NameRule {
  const allowedInWords = "the ASCII characters 1 to 127";
  return { what, minimumLength, maximumLength, allowed: isAscii, allowedInWords };
}

const SERVICE_NAME = asciiRule("service name", 1, 255);
const NODE_NAME = asciiRule("node name", 0, 128);
const PORT_NAME = asciiRule("port name", 0, 64);
const ATTRIBUTE_KEY = asciiRule("attribute key", 1, 64);
const ATTRIBUTE_VALUE = asciiRule("attribute value", 1, 256);
const TYPE_NAME = asciiRule("type name", 0, 256);
const FILE_NAME: NameRule = {
  what: "file name",
  minimumLength: 1,
  maximumLength: 255,
  allowed: (code) => isBeyondControls(code) && !FORBIDDEN_IN_FILE_NAMES.has(code),
  allowedInWords: 'the ASCII characters 32 to 127 without / \\ < > " | ? *',
};
const PATH: NameRule = {
  what: "path",
  minimumLength: 0,
  maximumLength: 255,
  allowed: (code) => isBeyondControls(code) && !FORBIDDEN_IN_PATHS.has(code),
  allowedInWords: 'the ASCII characters 32 to 127 without < > " | ? *',
};

/** 1 to 255 ASCII characters. @throws InvalidNameError */
export function checkServiceName(name: string): void {
  check(SERVICE_NAME, name);
}

/** As `checkServiceName`, for names that users choose: `iox2://` is reserved. @throws InvalidNameError */
export function checkUserServiceName(name: string): void {
  checkServiceName(name);
  if (!name.startsWith(INTERNAL_SERVICE_PREFIX)) return;
  throw invalid(
    "InvalidContent",
    SERVICE_NAME,
    name,
    `names that start with "${INTERNAL_SERVICE_PREFIX}" belong to iceoryx2 itself. Choose another one.`,
  );
}

/** 0 to 128 ASCII characters. @throws InvalidNameError */
export function checkNodeName(name: string): void {
  check(NODE_NAME, name);
}

/** 0 to 64 ASCII characters. @throws InvalidNameError */
export function checkPortName(name: string): void {
  check(PORT_NAME, name);
}

/** 1 to 64 ASCII characters. @throws InvalidNameError */
export function checkAttributeKey(key: string): void {
  check(ATTRIBUTE_KEY, key);
}

/** 1 to 256 ASCII characters. @throws InvalidNameError */
export function checkAttributeValue(value: string): void {
  check(ATTRIBUTE_VALUE, value);
}

/** 0 to 256 ASCII characters. @throws InvalidNameError */
export function checkTypeName(name: string): void {
  check(TYPE_NAME, name);
}

/**
 * 1 to 255 characters that may stand in a file name of any platform; neither "." nor "..".
 *
 * @param what what the file name is, for messages.
 * @throws InvalidNameError
 */
export function checkFileName(name: string, what: string = FILE_NAME.what): void {
  const rule = { ...FILE_NAME, what };
  check(rule, name);
  if (name !== "." && name !== "..") return;
  throw invalid("InvalidContent", rule, name, "that is a directory. Choose another one.");
}

/**
 * 0 to 255 characters that may stand in a path of any platform.
 *
 * @param what what the path is, for messages.
 * @throws InvalidNameError
 */
export function checkPath(path: string, what: string = PATH.what): void {
  check({ ...PATH, what }, path);
}

function check(rule: NameRule, name: string): void {
  if (typeof name !== "string") {
    throw invalid("InvalidContent", rule, name, `it is of type ${typeof name}. Give a string.`);
  }
  const { minimumLength, maximumLength } = rule;
  if (name.length < minimumLength) {
    throw invalid("Empty", rule, name, `it is empty. Give 1 to ${maximumLength} characters.`);
  }
  for (let at = 0; at < name.length; at += 1) {
    if (!rule.allowed(name.charCodeAt(at))) {
      const found = describeCharacter(name, at);
      const reason = `${found} at position ${at} is not allowed. Use ${rule.allowedInWords}.`;
      throw invalid("InvalidContent", rule, name, reason);
    }
  }
  if (name.length > maximumLength) {
    const reason = `it has ${name.length} characters. Use at most ${maximumLength}.`;
    throw invalid("ExceedsMaximumLength", rule, name, reason);
  }
}

function describeCharacter(name: string, at: number): string {
  const code = name.codePointAt(at) ?? 0;
  return `${JSON.stringify(String.fromCodePoint(code))} (U+${code.toString(16).toUpperCase().padStart(4, "0")})`;
}

function invalid(
  code: InvalidNameError["code"],
  rule: NameRule,
  name: unknown,
  reason: string,
): InvalidNameError {
  const shown = typeof name === "string" ? JSON.stringify(name) : String(name);
  return new InvalidNameError(code, rule.what, `cannot use ${shown} as ${rule.what}: ${reason}`);
}
