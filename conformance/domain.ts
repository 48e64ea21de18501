/** A domain of their own for participants of both languages, of which nothing may be left at the end. */
import { test } from "node:test";
import { TestDomain } from "iceoryx2-ts/testing";
import type { Language, Participant } from "./participant.ts";
import { joinAsPython, type PythonParticipant } from "./python-participant.ts";
import { joinAsTypeScript } from "./typescript-participant.ts";

interface Participants {
  readonly TypeScript: Participant;
  readonly Python: PythonParticipant;
}

/** Adds a participant to a domain. */
export type Join = <L extends Language>(language: L) => Promise<Participants[L]>;

const joinAs: { readonly [L in Language]: (domain: TestDomain) => Promise<Participants[L]> } = {
  TypeScript: joinAsTypeScript,
  Python: joinAsPython,
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

export const DIRECTIONS: readonly (readonly [from: Language, to: Language])[] = [
  ["TypeScript", "Python"],
  ["Python", "TypeScript"],
];

/** One test per direction. */
export function testBothDirections(
  name: string,
  body: (from: Participant, to: Participant, domain: TestDomain) => Promise<void>,
): void {
  for (const [from, to] of DIRECTIONS) {
    test(`${name}, ${from} to ${to}`, () =>
      withDomain(async (join, domain) => body(await join(from), await join(to), domain)));
  }
}
