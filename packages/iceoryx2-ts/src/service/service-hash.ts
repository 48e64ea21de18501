/** Under which file name a service is stored, and found by who knows its name and messaging pattern. */
import { createHash } from "node:crypto";
import type { MessagingPatternKind } from "./messaging-pattern.ts";

/** Not the order in which upstream numbers the patterns in the dynamic configuration. */
const PATTERN_NUMBERS: Readonly<Record<MessagingPatternKind, number>> = {
  PublishSubscribe: 0,
  Event: 1,
  RequestResponse: 2,
  Blackboard: 3,
};

/** 40 hexadecimal digits: one name stands for one service per messaging pattern. */
export function serviceHash(serviceName: string, pattern: MessagingPatternKind): string {
  return createHash("sha1").update(`${PATTERN_NUMBERS[pattern]}${serviceName}`).digest("hex");
}
