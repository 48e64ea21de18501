/** What upstream's suite demands of services and their ports whatever the pattern, as far as no other test shows it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InvalidNameError, Iox2Error, Service } from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";
import { countPorts, KINDS, type Port, patternOf } from "./patterns.ts";

const isError = (code: string) => (error: unknown) => error instanceof Iox2Error && error.code === code;
const isTaken = isError("AlreadyExists");
const isMissing = isError("DoesNotExist");
const MANY = 8;

for (const kind of KINDS) {
  const pattern = patternOf(kind);

  describe(`a service (${kind})`, () => {
    test(
      "is there as long as somebody has it, and can then be created anew",
      inDomain((node, { domain, create }) => {
        const owners = [pattern.create(node, "a"), pattern.open(create(), "a"), pattern.open(node, "a")];
        for (const { factory } of owners) {
          assert.equal(factory.name, "a");
          pattern.open(node, "a").factory.close();
          assert.throws(() => pattern.create(node, "a"), isTaken);
          factory.close();
        }
        assert.equal(Service.doesExist("a", kind, domain.config), false);
        assert.throws(() => pattern.open(node, "a"), isMissing);
        pattern.create(node, "a");
      }),
    );

    test(
      "may have the name of those of other patterns",
      inDomain((node, { domain }) => {
        pattern.create(node, "a");
        for (const other of KINDS.filter((it) => it !== kind)) patternOf(other).create(node, "a");
        assert.equal(Service.list(domain.config).length, KINDS.length);
        for (const each of KINDS) assert.equal(patternOf(each).open(node, "a").factory.nodes().length, 1);
      }),
    );

    test(
      "is there as long as it has a port, whichever kind goes first",
      inDomain((node, { domain }) => {
        for (const first of [0, 1] as const) {
          const { factory, ports } = pattern.create(node, "a");
          const left = [ports[first].make(), ports[1 - first]!.make()];
          factory.close();
          for (const port of left) {
            pattern.open(node, "a").factory.close();
            assert.throws(() => pattern.create(node, "a"), isTaken);
            port.close();
          }
          assert.equal(Service.doesExist("a", kind, domain.config), false);
          assert.throws(() => pattern.open(node, "a"), isMissing);
        }
        pattern.create(node, "a");
      }),
    );
  });

  for (const [index, port] of pattern.ports.entries()) {
    describe(`a ${port}`, () => {
      test(
        "is one of as many as there are, each with an id of its own, whichever handle made it",
        inDomain((node, { create }) => {
          const services = [pattern.create(node, "a"), pattern.open(create(), "a")] as const;
          const made: Port[] = [];
          const assertCounted = (): void => {
            const expected = index === 0 ? [made.length, 0] : [0, made.length];
            for (const service of services) assert.deepEqual(countPorts(service), expected);
          };
          assertCounted();
          while (made.length < MANY) {
            made.push(services[made.length % 2]!.ports[index]!.make());
            assertCounted();
          }
          for (const { ports } of services) {
            assert.deepEqual(
              new Set(ports[index]!.list().map(({ portId }) => portId)),
              new Set(made.map(({ id }) => id)),
            );
          }
          assert.equal(new Set(made.map(({ id }) => id)).size, MANY);
          while (made.length > 0) {
            made.pop()!.close();
            assertCounted();
          }
        }),
      );

      test(
        "has no name unless it is given one",
        inDomain((node) => {
          const kindOfPort = pattern.create(node, "a").ports[index]!;
          const ports = [kindOfPort.make(), kindOfPort.make({ name: "wiretap" })];
          assert.deepEqual(
            ports.map(({ name }) => name),
            ["", "wiretap"],
          );
          assert.deepEqual(
            kindOfPort.list().map(({ portName }) => portName),
            ["", "wiretap"],
          );
          assert.throws(() => kindOfPort.make({ name: "n".repeat(65) }), InvalidNameError);
        }),
      );

      test(
        "keeps its service alive when that is given up",
        inDomain((node, { create }) => {
          const { factory, ports } = pattern.create(node, "a");
          const made = ports[index]!.make();
          factory.close();
          assert.throws(() => pattern.create(node, "a"), isTaken);
          pattern.open(create(), "a").factory.close();
          made.close();
          pattern.create(node, "a");
        }),
      );
    });
  }
}
