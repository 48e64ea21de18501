/**
 * The details of a node: who it is and the configuration that it uses. Whoever cleans up after it finds its
 * resources with *that* configuration.
 */
import { checkFileName, checkNodeName } from "../base/names.ts";
import { configCodec } from "../config/schema.ts";
import type { Config } from "../config/settings.ts";
import { type Codec, integer, parseDocument, record, text, writeDocument } from "../config/toml-codec.ts";

export interface NodeDetails {
  /** The base name of the executable. */
  readonly executable: string;
  /** The process id as the process itself sees it. */
  readonly process: number;
  /** Empty for a node without a name. */
  readonly name: string;
  readonly config: Config;
}

/** A name that peers do not allow would make them reject the whole document: upstream's own fallback is a word. */
const executable: Codec<string> = {
  decode: text(checkFileName).decode,
  encode(name): string {
    try {
      checkFileName(name);
      return name;
    } catch {
      return "undefined";
    }
  },
};

const document = record<NodeDetails>("kebab-case", {
  executable,
  process: integer(2 ** 31 - 1),
  name: text(checkNodeName),
  config: configCodec,
});

export function writeNodeDetails(details: NodeDetails): string {
  return writeDocument(document, details);
}

/** @throws DocumentError if the text holds no details of a node. */
export function readNodeDetails(content: string): NodeDetails {
  return parseDocument(document, content);
}
