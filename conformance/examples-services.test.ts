/** Our examples of services against their counterparts: domains, attributes, looking around. */
import { describe, test } from "node:test";
import { directions } from "./domain.ts";
import { type ExampleLanguage, withExamples } from "./example-programs.ts";
import { skipWithoutPython } from "./python.ts";

/** What the programs of the example "domains" are started with; as upstream, where Python names no options. */
function inDomainOf(language: ExampleLanguage, domain: string, ...service: readonly string[]): string[] {
  if (language === "Python") return [domain, ...service];
  return ["-d", domain, ...service.flatMap((name) => ["-s", name])];
}

describe("an example", { concurrency: 4, skip: skipWithoutPython }, () => {
  for (const [from, to] of directions("Python")) {
    test(`domains, ${from} to ${to}`, () =>
      withExamples(async ({ domain: { prefix }, start, read }) => {
        const fuu = `${prefix}fuu_`;
        const subscriber = await start(to, "domains/subscriber", ...inDomainOf(to, fuu, "bar"));
        await subscriber.line(new RegExp(`^subscribed to: \\[domain: "${fuu}", service: "bar"\\]$`));
        const publisher = await start(from, "domains/publisher", ...inDomainOf(from, fuu, "bar"));
        await subscriber.line(/^received: TransmissionData \{ x: \d/);
        await publisher.line(
          new RegExp(`^\\[domain: "${fuu}", service: "bar"\\] Send sample \\d+ \\.\\.\\.$`),
        );
        const title = new RegExp(`^Services running in domain "${fuu}":$`);
        await read(to, ["domains/discovery", ...inDomainOf(to, fuu)], title, /^ {2}bar$/);
      }));

    test(`discovery, ${to} looks at ${from}`, () =>
      withExamples(async ({ start, read }) => {
        const subscriber = await start(from, "publish_subscribe/subscriber");
        await subscriber.line(/^Subscriber ready to receive data!$/);
        await read(
          to,
          "discovery/discovery",
          /My\/Funk\/ServiceName/,
          /PublishSubscribe/,
          /TransmissionData/,
        );
      }));

    test(`service_attributes, ${to} opens what ${from} created`, () =>
      withExamples(async ({ start, read }) => {
        const creator = await start(from, "service_attributes/creator");
        await creator.line(/^defined service attributes: /);
        await read(
          to,
          "service_attributes/incompatible",
          /^camera_resolution: 3840x2160 -> IncompatibleAttributes$/,
          /^camera_type -> IncompatibleAttributes$/,
        );
        const opener = await start(to, "service_attributes/opener");
        for (const line of [/^defined service attributes: /, /^received: 0$/]) await opener.line(line);
      }));
  }

  test("health_monitoring, among us: a crash is noticed by who is left", () =>
    withExamples(async ({ start, kill }) => {
      const daemon = await start("TypeScript", "health_monitoring/central_daemon");
      await daemon.line(/^Central daemon up and running\.$/);
      const unseen = await start("TypeScript", "health_monitoring/publisher_1");
      await unseen.line(/^service_1: Send sample 0 \.\.\.$/);
      await kill(unseen);
      await daemon.line(/^detected dead node: publisher 1$/);

      const subscriber = await start("TypeScript", "health_monitoring/subscriber");
      await subscriber.line(/^service_1: violated contract and did not send a message after 1\.5s\.$/);
      const publisher1 = await start("TypeScript", "health_monitoring/publisher_1");
      await subscriber.line(/^service_1: publisher connected!$/);
      await subscriber.line(/^service_1: Received sample 0 \.\.\.$/);
      await kill(publisher1);
      // Whoever of the two cleans up.
      await subscriber.line(/^service_1: process died!$/);

      const publisher2 = await start("TypeScript", "health_monitoring/publisher_2");
      await subscriber.line(/^service_2: Received sample 1000000 \.\.\.$/);
      await kill(daemon);
      await kill(publisher2);
      await subscriber.line(/^detected dead node: /);
      await subscriber.line(/^service_2: process died!$/);
    }));
});
