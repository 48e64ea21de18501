/** What upstream's suite demands of event services, notifiers and listeners, as far as no other test shows it. */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { describe, test } from "node:test";
import {
  EventCreateError,
  EventOpenError,
  type EventService,
  type Listener,
  Node,
  NotifierNotifyError,
} from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { inDomain } from "./in-domain.ts";
import { race } from "./race.ts";

const HOUR = 3_600_000;

const idsOf = (listener: Listener): number[] => listener.tryWait().map(({ id }) => id);

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe("notifications arrive", () => {
  for (const first of ["notifier", "listener"] as const) {
    test(
      `also of another handle's ports, the ${first} being first`,
      inDomain((node) => {
        const listening = node.service("a").event().create();
        const notifying = node.service("a").event().open();
        const early = first === "listener" ? listening.listener() : undefined;
        const notifier = notifying.notifier({ defaultEventId: 32 });
        const listener = early ?? listening.listener();
        assert.equal(notifier.notify(), 1);
        assert.deepEqual(listener.tryWait(), [{ id: 32, count: 1 }]);
      }),
    );
  }

  test(
    "of as many notifiers, at as many listeners as the service allows",
    inDomain((node) => {
      const service = node.service("a").event().create({ maxNotifiers: 6, maxListeners: 4 });
      const listeners = times(4, () => service.listener());
      const notifiers = times(6, (index) => service.notifier({ defaultEventId: index + 3 }));
      for (let round = 0; round < 128; round++) {
        for (const [index, notifier] of notifiers.entries()) {
          assert.equal(notifier.notify(), 4);
          for (const listener of listeners) {
            assert.deepEqual(listener.tryWait(), [{ id: index + 3, count: 1 }]);
          }
        }
        for (const notifier of notifiers) notifier.notify();
        for (const listener of listeners) {
          assert.deepEqual(
            listener.tryWait(),
            times(6, (index) => ({ id: index + 3, count: 1 })),
          );
        }
      }
    }),
  );

  test(
    "at those only that were chosen by their name",
    inDomain((node) => {
      const service = node.service("a").event().create();
      const listeners = ["hypnotoad", "brainslug", "hypnotoad"].map((name) => service.listener({ name }));
      const notifier = node.service("a").event().open().notifier({ defaultEventId: 32 });
      const named = (name: string) => notifier.listeners().filter(({ portName }) => portName === name);
      for (const listener of named("hypnotoad")) listener.notify();
      assert.deepEqual(listeners.map(idsOf), [[32], [], [32]]);
      named("hypnotoad")[0]!.notify(42);
      assert.deepEqual(listeners.map(idsOf), [[42], [], []]);
      const [chosen] = named("brainslug");
      for (let id = 37; id < 42; id++) {
        chosen!.notify(id);
        assert.deepEqual(listeners.map(idsOf), [[], [id], []]);
      }
    }),
  );

  test(
    "in whatever way they are waited for, all at once",
    inDomain(async (node) => {
      const service = node.service("a").event().create({ eventIdMaxValue: 8 });
      const listener = service.listener();
      const notifier = service.notifier();
      const expected = times(8, (id) => ({ id, count: 1 }));
      const ways = [
        () => listener.tryWait(),
        () => listener.wait({ timeout: HOUR }),
        () => listener.wait(),
        () => listener.waitSync(HOUR),
        () => listener.waitSync(),
      ];
      for (const wait of ways) {
        for (const { id } of expected) assert.equal(notifier.notify(id), 1);
        assert.deepEqual(await wait(), expected);
      }
      const ids: number[] = [];
      for (const { id } of expected) notifier.notify(id);
      await listener.timedWaitAll((id) => ids.push(id), HOUR);
      assert.deepEqual(
        ids,
        expected.map(({ id }) => id),
      );
    }),
  );

  for (const routine of ["listenToReconnectingNotifiers", "notifyReconnectingListeners"] as const) {
    test(`while ports come and go: ${routine}`, async () => {
      using domain = new TestDomain();
      using node = Node.create({ config: domain.config });
      node.service("a").event().create({ maxListeners: 2, maxNotifiers: 2 });
      await race(domain, routine, { threads: 4, rounds: 100 });
      node.close();
      domain.assertClean();
    });
  }
});

describe("a wait", () => {
  test(
    "for what does not come lasts as long as it was told, and a look does not last",
    inDomain(async (node) => {
      const listener = node.service("a").event().create().listener();
      assert.deepEqual(listener.tryWait(), []);
      for (const wait of [() => listener.wait({ timeout: 25 }), () => listener.waitSync(25)]) {
        const start = performance.now();
        assert.deepEqual(await wait(), []);
        // Timers of Node.js count whole milliseconds and may be early by less than one.
        assert(performance.now() - start > 24);
      }
    }),
  );
});

describe("an event service", () => {
  test(
    "works on as long as it has a port, whichever kind goes first",
    inDomain((node) => {
      const verbs = node.service("a").event();
      for (const first of ["notifier", "listener"] as const) {
        const service = verbs.create();
        let listener = service.listener();
        let notifier = service.notifier();
        service.close();
        assert.equal(notifier.notify(76), 1);
        assert.deepEqual(idsOf(listener), [76]);
        (first === "notifier" ? notifier : listener).close();
        const opened = verbs.open();
        if (first === "notifier") notifier = opened.notifier();
        else listener = opened.listener();
        assert.equal(notifier.notify(93), 1);
        assert.deepEqual(idsOf(listener), [93]);
        for (const part of [opened, notifier, listener]) part.close();
        assert.throws(
          () => verbs.open(),
          (error) => error instanceof EventOpenError && error.code === "DoesNotExist",
        );
      }
    }),
  );

  test(
    "has the settings of its creator, whoever opens it",
    inDomain(
      (node) => {
        const assertSame = (qos: object, expected: object): void => {
          const created = node.service("a").event().create(qos);
          const opened = node.service("a").event().open();
          for (const { staticConfig } of [created, opened]) {
            assert.deepEqual({ ...staticConfig, ...expected }, staticConfig);
          }
          for (const part of [created, opened]) part.close();
        };
        assertSame({}, { maxNodes: 13, maxNotifiers: 9, maxListeners: 10 });
        const qos = {
          maxNodes: 7,
          maxNotifiers: 4,
          maxListeners: 5,
          notifierDeadEvent: 8,
          notifierDroppedEvent: 9,
          notifierCreatedEvent: 10,
        };
        assertSame(qos, qos);
      },
      { defaults: { event: { maxNodes: 13, maxNotifiers: 9, maxListeners: 10 } } },
    ),
  );

  test(
    "is created with events of the life of notifiers up to its largest id",
    inDomain((node) => {
      const eventIdMaxValue = 5;
      const verbs = node.service("a").event();
      for (const setting of ["notifierCreatedEvent", "notifierDroppedEvent", "notifierDeadEvent"]) {
        assert.throws(
          () => verbs.create({ eventIdMaxValue, [setting]: 6 }),
          (error) => error instanceof EventCreateError && error.code === "EventIdExceedsMaxSupportedValue",
        );
      }
      verbs.create({
        eventIdMaxValue,
        notifierCreatedEvent: 5,
        notifierDroppedEvent: 4,
        notifierDeadEvent: 0,
      });
    }),
  );

  test(
    "without events of the life of notifiers does not tell of it",
    inDomain(
      (node) => {
        const service = node
          .service("a")
          .event()
          .create({ notifierCreatedEvent: null, notifierDroppedEvent: null });
        const listener = service.listener();
        const notifier = node.service("a").event().open().notifier();
        assert.deepEqual(idsOf(listener), []);
        notifier.close();
        assert.deepEqual(idsOf(listener), []);
      },
      { defaults: { event: { notifierCreatedEvent: 1, notifierDroppedEvent: 2 } } },
    ),
  );
});

describe("the deadline of an event service", () => {
  /** What the services and ports of two handles tell. */
  function deadlines(services: readonly EventService[]): (number | undefined)[] {
    return services.flatMap((service) => [
      service.staticConfig.deadline?.value,
      service.listener().deadline,
      service.notifier().deadline,
    ]);
  }

  test(
    "is told by all who have it",
    inDomain((node) => {
      const created = node.service("a").event().create({ deadline: 556_000 });
      assert.deepEqual(deadlines([created, node.service("a").event().open()]), Array(6).fill(556_000));
    }),
  );

  test(
    "can be switched off where one is configured",
    inDomain(
      (node) => {
        const created = node.service("a").event().create({ deadline: null });
        assert.deepEqual(deadlines([created, node.service("a").event().open()]), Array(6).fill(undefined));
      },
      { defaults: { event: { deadline: 556_000 } } },
    ),
  );

  for (const [what, deadline] of [
    ["is missed", 1e-6],
    ["is kept", HOUR],
  ] as const) {
    test(
      `${what} by notifiers of all handles, and the notifications arrive`,
      inDomain((node) => {
        const services = [node.service("a").event().create({ deadline }), node.service("a").event().open()];
        const listener = services[0]!.listener();
        for (const service of services) {
          const notifier = service.notifier();
          if (deadline === HOUR) {
            assert.equal(notifier.notify(), 1);
          } else {
            assert.throws(
              () => notifier.notify(),
              (error) => error instanceof NotifierNotifyError && error.code === "MissedDeadline",
            );
          }
          assert.deepEqual(idsOf(listener), [0]);
        }
      }),
    );
  }
});
