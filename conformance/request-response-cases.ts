/** Tests of request-response in every combination of languages. */
import { test } from "node:test";
import type { PayloadType } from "iceoryx2-ts";
import { withDomain } from "./domain.ts";
import type { Language } from "./participant.ts";
import type { ParticipantRequestResponse, RequestResponseOptions } from "./request-response-participant.ts";
import { skipWithoutRust } from "./rust.ts";

/** Where the clients are, and where the servers: two peers prove that the means of these tests work. */
export const COMBINATIONS: readonly (readonly [clients: Language, servers: Language])[] = [
  ["TypeScript", "Python"],
  ["Python", "TypeScript"],
  ["Python", "Python"],
  ["TypeScript", "Rust"],
  ["Rust", "TypeScript"],
];

/** A test with a service that two participants have open. */
export function testAll(
  name: string,
  [request, response]: readonly [PayloadType, PayloadType],
  options: RequestResponseOptions,
  body: (clients: ParticipantRequestResponse, servers: ParticipantRequestResponse) => Promise<void>,
): void {
  for (const [clients, servers] of COMBINATIONS) {
    const skip = [clients, servers].includes("Rust") && skipWithoutRust;
    test(`${name}, ${clients} to ${servers}`, { skip }, () =>
      withDomain(async (join) => {
        const [a, b] = [await join(clients), await join(servers)];
        const created = await a.requestResponse("create", request, response, options);
        await body(created, await b.requestResponse("open", request, response, options));
      }),
    );
  }
}
