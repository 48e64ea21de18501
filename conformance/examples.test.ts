/** Our examples of publishing and subscribing against their counterparts, as users run them: in two processes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directions } from "./domain.ts";
import { type ExampleLanguage, withExamples } from "./example-programs.ts";
import { skipWithoutPython } from "./python.ts";

/** What the subscriber of an example prints about the sample of that number. */
type Received = (counter: number) => string;

const data: Received = (counter) =>
  `TransmissionData { x: ${counter}, y: ${counter * 3}, funky: ${counter * 812.12} }`;
const header: Received = (counter) => `CustomHeader { version: 123, timestamp: ${80337 + counter} }`;

/** Those that Python can run as well. */
const examples: Readonly<Record<string, Received>> = {
  publish_subscribe: (counter) => `received: ${data(counter)}`,
  publish_subscribe_with_user_header: (counter) => `received: ${counter}, user_header: ${header(counter)}`,
  cross_language_communication_basics: (counter) =>
    `received: ${data(counter)}, user_header: ${header(counter)}`,
};

const text = "Are Hypnotoad and Kermit related like Fry and the Professor?";

/** Those whose types Python has no counterpart for. */
const examplesOfContainers: Readonly<Record<string, Received>> = {
  cross_language_communication_container: (counter) =>
    `received: [${counter}, ${counter + 1}, ${counter + 2}], user_header: "${text}"`,
  cross_language_communication_complex_types: (counter) => `received: ${counter * 0.8912}`,
};

/** Without what only one language prints: the "n" of a bigint, the ".0" of a float. */
function normalize(line: string): string {
  return line.replace(/(?<=\d)(?:n|\.0)\b/g, "");
}

async function exchange(
  [from, to]: readonly [ExampleLanguage, ExampleLanguage],
  name: string,
  received: Received,
  samples: number,
): Promise<void> {
  await withExamples(async ({ start }) => {
    const subscriber = await start(to, `${name}/subscriber`);
    await subscriber.line(/^Subscriber ready to receive data!$/);
    const publisher = await start(from, `${name}/publisher`);
    let last = 0;
    // Samples may be lost, for this is what a full buffer does here.
    for (let count = 0; count < samples; count++) {
      const [line] = await subscriber.line(/^received.*/);
      const next = Array.from({ length: 1000 }, (_, index) => last + 1 + index);
      const counter = next.find((candidate) => received(candidate) === normalize(line));
      assert.ok(counter !== undefined, `after sample ${last} came a line that is none of the next: ${line}`);
      last = counter;
    }
    await publisher.line(new RegExp(`^Send sample ${last} `));
  });
}

describe("an example", { concurrency: 4 }, () => {
  for (const [name, received] of Object.entries(examples)) {
    for (const [from, to] of directions("Python")) {
      test(`${name}, ${from} to ${to}`, { skip: skipWithoutPython }, () =>
        exchange([from, to], name, received, 2),
      );
    }
  }

  for (const [from, to] of directions("Python")) {
    // The fifth sample is longer than what the publisher began with.
    test(`publish_subscribe_dynamic_data, ${from} to ${to}`, { skip: skipWithoutPython }, () =>
      exchange(
        [from, to],
        "publish_subscribe_dynamic_data",
        (counter) => `received ${counter ** 2} bytes`,
        5,
      ),
    );
  }

  for (const [name, received] of Object.entries(examplesOfContainers)) {
    test(`${name}, among us`, () => exchange(["TypeScript", "TypeScript"], name, received, 2));
  }

  test("publish_subscribe_with_backpressure: a slow subscriber makes the publisher decide", () =>
    withExamples(async ({ start }) => {
      const subscriber = await start("TypeScript", "publish_subscribe_with_backpressure/subscriber");
      await subscriber.line(/^Subscriber ready to receive data!$/);
      const publisher = await start("TypeScript", "publish_subscribe_with_backpressure/publisher");
      for (const line of [
        /count 1$/,
        / {4}Retrying for a second$/,
        /count 2$/,
        / {4}Discarding sample silently$/,
      ])
        await publisher.line(line);
      await subscriber.line(/^received: TransmissionData \{ x: 1, y: 3, funky: 812.12 \}$/);
    }));

  test("complex_data_types: a process receives what it sends", () =>
    withExamples(async ({ start }) => {
      const program = await start("TypeScript", "complex_data_types/complex_data_types");
      for (const line of [/^0 :: send$/, /^0 :: received: 0$/, /^1 :: send$/, /^1 :: received: 1$/])
        await program.line(line);
    }));
});
