/** What upstream's suite demands of wait sets, as far as no other test shows it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Guard } from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

const NANOSECOND = 1e-6;
const HOUR = 3_600_000;

describe("a wait set", () => {
  test(
    "reports all that is there at once, and nothing else",
    inDomain(async (node) => {
      const waitset = node.waitSet();
      const services = ["a", "b", "c", "d"].map((name) => node.service(name).event().create());
      const [first, second, third, fourth] = services.map((service) => service.listener());
      const expected = new Map<Guard, string>();
      const attach = (guard: Guard, report?: string): void => {
        if (report !== undefined) expected.set(guard, report);
      };
      attach(waitset.attachInterval(NANOSECOND), "interval");
      attach(waitset.attachInterval(NANOSECOND), "interval");
      attach(waitset.attachInterval(HOUR));
      attach(waitset.attachInterval(HOUR));
      attach(waitset.attachNotification(first!), "notification");
      attach(waitset.attachNotification(second!));
      attach(waitset.attachDeadline(third!, HOUR), "notification");
      attach(waitset.attachDeadline(fourth!, NANOSECOND), "missedDeadline");
      await node.wait(1);
      for (const index of [0, 2]) services[index]!.notifier().notify();
      const reports = new Map<Guard, string>();
      await waitset.waitAndProcessOnce(({ guard, kind }) => void reports.set(guard, kind));
      assert.deepEqual(reports, expected);
    }),
  );

  test(
    "counts attachments of every kind",
    inDomain((node) => {
      const waitset = node.waitSet();
      const service = node.service("a").event().create({ maxListeners: 16 });
      const guards: Guard[] = [];
      for (let count = 0; count < 5; count++) {
        guards.push(waitset.attachNotification(service.listener()));
        guards.push(waitset.attachDeadline(service.listener(), 123));
        guards.push(waitset.attachInterval(count + 1));
        assert.deepEqual([waitset.length, waitset.isEmpty], [guards.length, false]);
      }
      while (guards.length > 0) {
        assert.deepEqual([waitset.length, waitset.isEmpty], [guards.length, false]);
        guards.pop()!.release();
      }
      assert.deepEqual([waitset.length, waitset.isEmpty], [0, true]);
    }),
  );
});
