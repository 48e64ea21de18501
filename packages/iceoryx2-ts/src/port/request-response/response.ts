import type { PayloadType } from "../../payload/meaning.ts";
import type { Header } from "../common/loan.ts";
import type { Received } from "../common/received-message.ts";
import type { ResponseHeader } from "./response-header.ts";

/** A received response. It may outlive its pending response, and keeps the client registered. */
export interface Response<S extends PayloadType, SH extends Header = undefined> extends Received<S, SH> {
  readonly header: ResponseHeader;
}
