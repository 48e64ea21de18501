/// <reference lib="esnext.disposable" preserve="true" />
export type { BorrowedMessage } from "./sockets/borrowed-message.ts";
export type { Message } from "./sockets/inbox.ts";
export type { SocketOptions, SocketStats } from "./sockets/options.ts";
export { Pair, Pair0, Pair1, type PairEnd } from "./sockets/pair.ts";
export { Pub0, type PubOptions, type PubSubOptions, Sub0 } from "./sockets/pub-sub.ts";
export { SocketError, type SocketErrorCode } from "./sockets/socket-error.ts";
