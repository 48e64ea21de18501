/** A domain of their own for participants of all languages, of which nothing may be left at the end. */
import { test } from "node:test";
import { TestDomain } from "iceoryx2-ts/testing";
import type { Language, Participant, PeerLanguage } from "./participant.ts";
import { joinAsPeer, type PeerParticipant } from "./peer-participant.ts";
import { joinAsTypeScript } from "./typescript-participant.ts";

interface Participants {
  readonly TypeScript: Participant;
  readonly Python: PeerParticipant;
  readonly Rust: PeerParticipant;
}

/** Adds a participant to a domain. */
export type Join = <L extends Language>(language: L) => Promise<Participants[L]>;

const joinAs: { readonly [L in Language]: (domain: TestDomain) => Promise<Participants[L]> } = {
  TypeScript: joinAsTypeScript,
  Python: (domain) => joinAsPeer("Python", domain),
  Rust: (domain) => joinAsPeer("Rust", domain),
};

/** Runs a test with participants that it asks for; they leave in reverse order. */
export async function withDomain(body: (join: Join, domain: TestDomain) => Promise<void>): Promise<void> {
  using domain = new TestDomain();
  const participants: Participant[] = [];
  try {
    await body(async (language) => {
      const participant = await joinAs[language](domain);
      participants.push(participant);
      return participant;
    }, domain);
    for (const participant of [...participants].reverse()) await participant.close();
    domain.assertClean();
  } finally {
    // After a failure, whose error must not be hidden by what follows from it.
    await Promise.allSettled(participants.map((participant) => participant.close()));
  }
}

/** From us to a peer and back. */
export function directions<P extends PeerLanguage>(
  peer: P,
): readonly (readonly [from: P | "TypeScript", to: P | "TypeScript"])[] {
  return [
    ["TypeScript", peer],
    [peer, "TypeScript"],
  ];
}

/** One test per direction between us and a peer. */
export function testBothDirections(
  name: string,
  body: (from: Participant, to: Participant, domain: TestDomain) => Promise<void>,
  peer: PeerLanguage = "Python",
): void {
  for (const [from, to] of directions(peer)) {
    test(`${name}, ${from} to ${to}`, () =>
      withDomain(async (join, domain) => body(await join(from), await join(to), domain)));
  }
}
