/** What both programs of the example share. */
export const NAME = "example/rpc/factors";
/** Streams lose nothing: who sends a response waits until its client has room. */
export const QOS = { enableSafeOverflowForResponses: false } as const;
