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
});
