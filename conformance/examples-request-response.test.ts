/** Our examples of request-response against their counterparts, as users run them: in processes of their own. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directions } from "./domain.ts";
import { withExamples } from "./example-programs.ts";
import type { Program } from "./program.ts";
import { skipWithoutPython } from "./python.ts";

/** The numbers in the next line that matches. */
async function numbers(program: Program, pattern: RegExp): Promise<number[]> {
  return (await program.line(pattern)).slice(1).map(Number);
}

/** Skips lines until the numbers in one are these: a slow server's responses can come too late for their request. */
async function skipTo(program: Program, pattern: RegExp, expected: readonly number[]): Promise<void> {
  while (String(await numbers(program, pattern)) !== String(expected));
}

const DATA = "TransmissionData \\{ x: (\\d+), y: (\\d+), funky: ([\\d.]+) \\}";

describe("the example request_response", { skip: skipWithoutPython }, () => {
  for (const [from, to] of directions("Python")) {
    test(`from ${from} to ${to}`, () =>
      withExamples(async ({ start }) => {
        const server = await start(to, "request_response/server");
        await server.line(/^Server ready to receive requests!$/);
        const client = await start(from, "request_response/client");
        await client.line(/^send request 0 \.\.\.$/);
        await server.line(/^received request: \d+$/);
        for (let count = 0; count < 3; count++) {
          const response = await numbers(client, new RegExp(`^received response ${count}: ${DATA}$`));
          await skipTo(server, new RegExp(`^ {2}send response: ${DATA}$`), response);
        }
        await client.line(/^send request \d+ \.\.\.$/);
      }));
  }
});

describe("the example request_response_dynamic_data", { skip: skipWithoutPython }, () => {
  for (const [from, to] of directions("Python")) {
    test(`from ${from} to ${to}`, () =>
      withExamples(async ({ start }) => {
        const server = await start(to, "request_response_dynamic_data/server");
        await server.line(/^Server ready to receive requests!$/);
        const client = await start(from, "request_response_dynamic_data/client");
        for (let count = 0; count < 2; count++) {
          const request = await numbers(client, /^send request \d+ with (\d+) bytes \.\.\.$/);
          await skipTo(server, /^received request with (\d+) bytes \.\.\.$/, request);
          const [length] = await numbers(client, /^received response with (\d+) bytes$/);
          await skipTo(server, /^ {2}send response with (\d+) bytes$/, [length!]);
          assert(Number.isInteger(Math.sqrt(length!)), `${length} bytes`);
        }
      }));
  }
});

describe("the example request_response_with_events", () => {
  test("wakes servers and the client in question", () =>
    withExamples(async ({ start }) => {
      const name = "request_response_with_events";
      const server = await start("TypeScript", `${name}/server`);
      await server.line(/^Server ready to receive requests!$/);
      const client = await start("TypeScript", `${name}/client`);
      await client.line(/^send request \d+ \.\.\.$/);
      await client.line(/^ {2}number of received notifications from server: \d+$/);
      const response = await numbers(client, new RegExp(`^ {2}received response 0: ${DATA}$`));
      await skipTo(server, new RegExp(`^ {2}send response: ${DATA}$`), response);
    }));
});
