/** Whether the messages of a service are what somebody who opens it means. */
import { describeDifference, describeTypeDetail, type TypeDetail } from "../payload/type-detail.ts";
import type { MessageTypeDetails } from "./messaging-pattern.ts";

/** The types that somebody who opens a service means; undefined where any will do. */
export interface RequestedTypes {
  readonly header: TypeDetail;
  readonly userHeader: TypeDetail | undefined;
  readonly payload: TypeDetail | undefined;
}

/**
 * The first part of a message that is another type than requested, in words; undefined if all fit. A service may
 * align its user header and payload more strictly than requested.
 *
 * @param message which one of the service's messages, such as "request"; "" where there is only one.
 */
export function describeIncompatibility(
  message: string,
  requested: RequestedTypes,
  existing: MessageTypeDetails,
): string | undefined {
  const prefix = message === "" ? "" : `${message} `;
  return (
    describePart(`${prefix}system header`, requested.header, existing.header, true) ??
    describePart(`${prefix}user header`, requested.userHeader, existing.userHeader) ??
    describePart(`${prefix}payload`, requested.payload, existing.payload)
  );
}

function describePart(
  part: string,
  requested: TypeDetail | undefined,
  existing: TypeDetail,
  mustAlignEqually: boolean = false,
): string | undefined {
  if (requested === undefined) return undefined;
  const alignmentFits = mustAlignEqually
    ? requested.alignment === existing.alignment
    : requested.alignment <= existing.alignment;
  const isCompatible =
    requested.variant === existing.variant &&
    requested.typeName === existing.typeName &&
    requested.size === existing.size &&
    alignmentFits;
  if (isCompatible) return undefined;
  return `its ${part} type is ${describeTypeDetail(existing)}, but ${describeTypeDetail(requested)} is requested: ${describeDifference(requested, existing)}. Use the same type on both sides.`;
}
