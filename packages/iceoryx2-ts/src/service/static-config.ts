/** The static configuration of a service: the file that makes it exist, never changed after it was written. */
import { checkAttributeKey, checkAttributeValue, checkFileName, checkServiceName } from "../base/names.ts";
import { joinUniqueId, ownerOf, payloadValueOf } from "../base/unique-id.ts";
import {
  type Codec,
  integer,
  list,
  parseDocument,
  record,
  text,
  u64,
  writeDocument,
} from "../config/toml-codec.ts";
import { type Attribute, type Attributes, MAX_ATTRIBUTES } from "./attributes.ts";
import type { MessagingPattern } from "./messaging-pattern.ts";
import { messagingPattern } from "./messaging-pattern-codec.ts";

export type * from "./messaging-pattern.ts";

/** The released iceoryx2 that this library speaks. */
export const SUPPORTED_VERSION: PackageVersion = { major: 0, minor: 10, patch: 0 };

export interface StaticConfig {
  /** The iceoryx2 that created the service. Only the same version can open it. */
  readonly version: PackageVersion;
  /** See `serviceHash()`. A reader compares it with what it looked for. */
  readonly serviceHash: string;
  readonly serviceName: string;
  /** Differs between two services that have the same name one after the other. */
  readonly serviceId: bigint;
  readonly attributes: Attributes;
  readonly messagingPattern: MessagingPattern;
}

export interface PackageVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The layout of the document, under upstream's names. */
interface StaticConfigDocument {
  readonly iceoryx2Version: PackageVersion;
  readonly serviceHash: string;
  readonly serviceName: string;
  readonly uniqueServiceId: bigint;
  readonly attributes: Attributes;
  readonly messagingPattern: MessagingPattern;
}

const u16 = integer(2 ** 16 - 1);

const uniqueIdHalves = record<{ readonly payloadValue: bigint; readonly uniqueValue: bigint }>("snake_case", {
  payloadValue: u64,
  uniqueValue: u64,
});

const uniqueId: Codec<bigint> = {
  decode(raw, key): bigint {
    const { payloadValue, uniqueValue } = uniqueIdHalves.decode(raw, key);
    return joinUniqueId(payloadValue, uniqueValue);
  },
  encode: (id) => uniqueIdHalves.encode({ payloadValue: payloadValueOf(id), uniqueValue: ownerOf(id) }),
};

const version = record<PackageVersion>("snake_case", { major: u16, minor: u16, patch: u16 });

/** All that is certain to be the same in the documents of other versions. */
const versionDocument = record<Pick<StaticConfigDocument, "iceoryx2Version">>("snake_case", {
  iceoryx2Version: version,
});

const document = record<StaticConfigDocument>("snake_case", {
  iceoryx2Version: version,
  serviceHash: text(checkFileName),
  serviceName: text(checkServiceName),
  uniqueServiceId: uniqueId,
  attributes: list(
    record<Attribute>("snake_case", { key: text(checkAttributeKey), value: text(checkAttributeValue) }),
    MAX_ATTRIBUTES,
  ),
  messagingPattern,
});

export function writeStaticConfig(config: StaticConfig): string {
  const { version: iceoryx2Version, serviceId: uniqueServiceId, ...rest } = config;
  return writeDocument(document, { iceoryx2Version, uniqueServiceId, ...rest });
}

/** @throws DocumentError if the text is no static configuration or has values that cannot be right. */
export function readStaticConfig(content: string): StaticConfig {
  const { iceoryx2Version: version, uniqueServiceId: serviceId, ...rest } = parseDocument(document, content);
  return { version, serviceId, ...rest };
}

/** What is known of a static configuration of another release. */
export interface OtherVersion {
  readonly otherVersion: PackageVersion;
}

/**
 * Reads what any release may have written. Documents of other versions may have other keys, so the version comes
 * first, and peers compare it for equality.
 *
 * @throws DocumentError, or TypeError for what is no UTF-8.
 */
export function decodeStaticConfig(content: Uint8Array): StaticConfig | OtherVersion {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  const { iceoryx2Version } = parseDocument(versionDocument, text);
  const { major, minor, patch } = iceoryx2Version;
  const supported = SUPPORTED_VERSION;
  const isSupported = major === supported.major && minor === supported.minor && patch === supported.patch;
  return isSupported ? readStaticConfig(text) : { otherVersion: iceoryx2Version };
}
