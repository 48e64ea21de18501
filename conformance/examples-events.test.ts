/** Our examples of events against their counterparts, as users run them: in processes of their own. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directions } from "./domain.ts";
import { withExamples } from "./example-programs.ts";
import { skipWithoutPython } from "./python.ts";

describe("the example event", { skip: skipWithoutPython }, () => {
  for (const [from, to] of directions("Python")) {
    test(`from ${from} to ${to}`, () =>
      withExamples(async ({ start }) => {
        const listener = await start(to, "event/listener");
        await listener.line(/^Listener ready to receive events!$/);
        const notifier = await start(from, "event/notifier");
        for (const id of [1, 2]) {
          await listener.line(new RegExp(`^event was triggered with id: EventId\\(${id}\\) 1 times$`));
          await notifier.line(new RegExp(`^Trigger event with id ${id} \\.\\.\\.$`));
        }
      }));
  }
});

describe("the example event_multiplexing", { skip: skipWithoutPython }, () => {
  const EVENTS = { hypnotoad: 42, brainslug: 13 };

  for (const [from, to] of directions("Python")) {
    test(`from ${from} to ${to}`, () =>
      withExamples(async ({ start }) => {
        const services = Object.keys(EVENTS).flatMap((name) => ["--services", name]);
        const waiter = await start(to, "event_multiplexing/wait", ...services);
        const names = JSON.stringify(Object.keys(EVENTS));
        assert.equal((await waiter.line(/^Waiting on the following services: (.*)$/))[1], names);
        for (const [name, id] of Object.entries(EVENTS)) {
          const args = ["--service", name, "--event-id", String(id)];
          const notifier = await start(from, "event_multiplexing/notifier", ...args);
          await notifier.line(new RegExp(`^\\[service: "${name}"\\] Trigger event \\.\\.\\.$`));
          await waiter.line(new RegExp(`^Received trigger from "${name}" :: EventId\\(${id}\\), 1 times$`));
        }
      }));
  }
});

describe("the example event_based_communication", { skip: skipWithoutPython }, () => {
  for (const [from, to] of [...directions("Python"), ["TypeScript", "TypeScript"] as const]) {
    test(`from ${from} to ${to}`, () =>
      withExamples(async ({ start }) => {
        const subscriber = await start(to, "event_based_communication/subscriber");
        await subscriber.line(/^Minimal event-driven subscriber waiting for events\.\.\.$/);
        const publisher = await start(from, "event_based_communication/publisher");
        for (const count of [1, 2]) {
          const received = `^received: TransmissionData { x: ${count}, y: ${count * 3}, funky: ${count * 812.12} }$`;
          await publisher.line(new RegExp(`^send: ${count}$`));
          await subscriber.line(new RegExp(received));
          await publisher.line(/^subscriber consumed sample$/);
        }
      }));
  }

  test("without a publisher complains", () =>
    withExamples(async ({ start }) => {
      const subscriber = await start("TypeScript", "event_based_communication/subscriber");
      await subscriber.line(/^Contract violation! The subscriber did not receive a message for 2 s\.$/);
    }));
});
