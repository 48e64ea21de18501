import type { PayloadType } from "../../payload/meaning.ts";
import type { Header } from "../common/loan.ts";
import type { Received } from "../common/received-message.ts";
import type { SampleHeader } from "./sample-header.ts";

/**
 * A received sample. When the subscriber closes, samples that are still held go on showing the same bytes from private
 * memory.
 */
export interface Sample<T extends PayloadType, H extends Header = undefined> extends Received<T, H> {
  readonly header: SampleHeader;
}
