/** A thread of a race. */
import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import {
  type EventService,
  type Listener,
  Node,
  type Notifier,
  PublishSubscribeCreateError,
  Service,
  u64,
} from "iceoryx2-ts";
import type { RaceOrder } from "./race.ts";

const { config, routine, index, threads, rounds, barrier } = workerData as RaceOrder;
const [ARRIVED, PASSED, DONE] = [0, 1, 2];
const EVENT_ID = 8;
const words = new Int32Array(barrier);

/** Waits until all threads are here. */
function meet(): void {
  const passed = Atomics.load(words, PASSED);
  if (Atomics.add(words, ARRIVED, 1) === threads - 1) {
    Atomics.store(words, ARRIVED, 0);
    Atomics.add(words, PASSED, 1);
    Atomics.notify(words, PASSED);
  } else {
    while (Atomics.load(words, PASSED) === passed) Atomics.wait(words, PASSED, passed);
  }
}

/** How often a service could be created, and what of it was refused as it should be. */
function createOrLose(node: Node, name: string): Disposable | undefined {
  try {
    return node.service(name).publishSubscribe(u64).create();
  } catch (error) {
    assert(error instanceof PublishSubscribeCreateError);
    assert.match(error.code, /^(AlreadyExists|IsBeingCreatedByAnotherInstance|ServiceInCorruptedState)$/);
    return undefined;
  }
}

/** Half of the threads listen until they were notified often enough; as long as any of them does, the others notify. */
function exchangeEvents(
  listen: (service: EventService) => void,
  notify: (service: EventService) => void,
): number {
  const node = Node.create({ config });
  const service = node.service("a").event().open();
  if (index % 2 === 0) {
    listen(service);
    Atomics.add(words, DONE, 1);
  } else {
    while (Atomics.load(words, DONE) < threads / 2) notify(service);
  }
  node.close();
  return rounds;
}

/** Blocks until this listener was notified. @returns how often. */
function awaitEvents(listener: Listener): number {
  const activations = listener.waitSync();
  assert.deepEqual(
    activations.map(({ id }) => id),
    [EVENT_ID],
  );
  return activations[0]!.count;
}

const ROUTINES = {
  createAndListNodes(): number {
    for (let round = 0; round < rounds; round++) {
      const node = Node.create({ config });
      const states = Node.list(config);
      assert.equal(states.find(({ id }) => id === node.id)?.state, "Alive");
      assert(states.every(({ state }) => state !== "Undefined"));
      node.close();
    }
    return rounds;
  },
  createServicesOfManyNames(): number {
    const node = Node.create({ config });
    for (let round = 0; round < rounds; round++) {
      meet();
      const service = node.service(`${index}/${round}`).publishSubscribe(u64).create();
      meet();
      service.close();
    }
    node.close();
    return rounds;
  },
  createServicesOfOneName(): number {
    const node = Node.create({ config });
    let created = 0;
    for (let round = 0; round < rounds; round++) {
      meet();
      const service = createOrLose(node, "a");
      if (service !== undefined) created++;
      meet();
      service?.[Symbol.dispose]();
      meet();
    }
    node.close();
    return created;
  },
  createAndListServices(): number {
    const node = Node.create({ config });
    meet();
    for (let round = 0; round < rounds; round++) {
      const service = node.service(`${index}/${round}`).publishSubscribe(u64).create();
      const hashes = Service.list(config).map(({ staticDetails }) => staticDetails.serviceHash);
      assert(hashes.includes(service.serviceHash));
      service.close();
    }
    node.close();
    return rounds;
  },
  listenToReconnectingNotifiers: (): number =>
    exchangeEvents(
      (service) => {
        using listener = service.listener();
        for (let count = 0; count < rounds; ) count += awaitEvents(listener);
      },
      (service) => {
        using notifier = service.notifier();
        notifier.notify(EVENT_ID);
      },
    ),
  notifyReconnectingListeners: (): number => {
    let notifier: Notifier | undefined;
    return exchangeEvents(
      (service) => {
        for (let round = 0; round < rounds; round++) {
          using listener = service.listener();
          awaitEvents(listener);
        }
      },
      (service) => {
        notifier ??= service.notifier();
        notifier.notify(EVENT_ID);
      },
    );
  },
  openServiceAndListItsNodes(): number {
    meet();
    for (let round = 0; round < rounds; round++) {
      const node = Node.create({ config });
      const service = node.service("a").publishSubscribe(u64).open();
      const details = Service.details("a", "PublishSubscribe", config);
      for (const nodes of [service.nodes(), details!.dynamicDetails!.nodes]) {
        assert.equal(nodes.find(({ id }) => id === node.id)?.state, "Alive");
        assert(nodes.every(({ state }) => state !== "Undefined"));
      }
      node.close();
    }
    return rounds;
  },
};
export type Routine = keyof typeof ROUTINES;

parentPort!.postMessage(ROUTINES[routine]());
