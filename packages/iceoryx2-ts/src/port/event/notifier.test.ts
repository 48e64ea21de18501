import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EventService } from "../../api/event-service.ts";
import { Node } from "../../api/node.ts";
import { ClosedError, InvalidArgumentError } from "../../base/general-errors.ts";
import type { EventQos } from "../../service/event.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LogCapture } from "../../testing/log-capture.test-support.ts";
import { NotifierNotifyError } from "./event-port-errors.ts";

const eventService = (node: Node, qos: EventQos = {}): EventService =>
  node.service("Alarm").event().create(qos);

function isNotifyError(code: NotifierNotifyError["code"], message: RegExp) {
  return (error: unknown): boolean =>
    error instanceof NotifierNotifyError && error.code === code && message.test(error.message);
}

describe("a notifier", () => {
  it(
    "notifies all listeners and tells how many there are",
    inDomain((node) => {
      const service = eventService(node);
      const notifier = service.notifier();
      assert.equal(notifier.notify(), 0);
      const [first, second] = [service.listener(), service.listener()];
      assert.equal(notifier.notify(7), 2);
      first.close();
      assert.equal(notifier.notify(8), 1);
      const third = service.listener();
      assert.equal(notifier.notify(7), 2);
      assert.deepEqual(second.tryWait(), [
        { id: 7, count: 2 },
        { id: 8, count: 1 },
      ]);
      assert.deepEqual(third.tryWait(), [{ id: 7, count: 1 }]);
      assert.throws(() => first.tryWait(), ClosedError);
    }),
  );

  it(
    "sends its default id when it is given none: 0 if it was created with none",
    inDomain((node) => {
      const service = eventService(node);
      const listener = service.listener();
      const [zero, five] = [service.notifier(), service.notifier({ defaultEventId: 5 })];
      assert.deepEqual([zero.defaultEventId, five.defaultEventId], [0, 5]);
      zero.notify();
      five.notify();
      five.notify(6);
      assert.deepEqual(
        listener.tryWait().map(({ id }) => id),
        [0, 5, 6],
      );
    }),
  );

  it(
    "sends ids up to the largest of the service; then nobody is notified",
    inDomain((node) => {
      const service = eventService(node, { eventIdMaxValue: 9 });
      const notifier = service.notifier({ name: "bell", defaultEventId: 10 });
      const listener = service.listener();
      notifier.notify(9);
      const outOfBounds = isNotifyError(
        "EventIdOutOfBounds",
        /^cannot notify from notifier "bell" of service "Alarm": the event id is 1\d, but the largest is 9 /,
      );
      assert.throws(() => notifier.notify(10), outOfBounds);
      assert.throws(() => notifier.notify(), outOfBounds);
      assert.throws(() => notifier.listeners()[0]!.notify(11), outOfBounds);
      for (const id of [-1, 0.5, Number.NaN]) assert.throws(() => notifier.notify(id), InvalidArgumentError);
      assert.deepEqual(listener.tryWait(), [{ id: 9, count: 1 }]);
    }),
  );

  it(
    "notifies a single listener as long as it is there",
    inDomain((node) => {
      const service = eventService(node);
      const notifier = service.notifier({ defaultEventId: 3 });
      const [red, blue] = [service.listener({ name: "red" }), service.listener({ name: "blue" })];
      const listeners = notifier.listeners();
      assert.deepEqual(
        listeners.map(({ portId, portName, nodeId }) => [portId, portName, nodeId]),
        [red, blue].map(({ id, name }) => [id, name, service.nodes()[0]!.id]),
      );
      const [toRed, toBlue] = listeners;
      toRed!.notify();
      toBlue!.notify(4);
      assert.deepEqual(red.tryWait(), [{ id: 3, count: 1 }]);
      assert.deepEqual(blue.tryWait(), [{ id: 4, count: 1 }]);
      red.close();
      const green = service.listener();
      assert.throws(() => toRed!.notify(), isNotifyError("InvalidListenerKey", /listener \d+ is gone/));
      toBlue!.notify();
      assert.deepEqual(green.tryWait(), []);
      notifier.close();
      assert.throws(() => toBlue!.notify(), ClosedError);
    }),
  );

  it(
    "tells of its creation and its end if the service wants that, in whatever way it ends",
    inDomain((node, domain) => {
      const service = eventService(node, { notifierCreatedEvent: 7, notifierDroppedEvent: 8 });
      const listener = service.listener();
      const notifier = service.notifier();
      assert.deepEqual(listener.tryWait(), [{ id: 7, count: 1 }]);
      notifier.close();
      notifier.close();
      assert.deepEqual(listener.tryWait(), [{ id: 8, count: 1 }]);
      const other = Node.create({ config: domain.config, signals: "ignore" });
      other.service("Alarm").event().open().notifier();
      other.close();
      assert.deepEqual(listener.tryWait(), [
        { id: 7, count: 1 },
        { id: 8, count: 1 },
      ]);
    }),
  );

  it(
    "that is late says so, and notifies all the same",
    inDomain((node) => {
      const service = eventService(node, {
        deadline: 1e-6,
        notifierCreatedEvent: 1,
        notifierDroppedEvent: 2,
      });
      const [listener, other] = [service.listener(), service.listener()];
      assert.equal(listener.deadline, 1e-6);
      using log = new LogCapture();
      const notifier = service.notifier();
      assert.equal(notifier.deadline, 1e-6);
      const late = isNotifyError(
        "MissedDeadline",
        /notified all listeners, but too late: .* every 0.000001 ms/,
      );
      assert.throws(() => notifier.notify(3), late);
      assert.throws(() => notifier.listeners()[1]!.notify(4), late);
      notifier.close();
      assert.deepEqual(
        listener.tryWait().map(({ id }) => id),
        [1, 2, 3],
      );
      assert.deepEqual(
        other.tryWait().map(({ id }) => id),
        [1, 2, 3, 4],
      );
      assert.deepEqual(log.messages, []);
    }),
  );

  it(
    "in time is not late, and a service without a deadline knows none",
    inDomain((node) => {
      const timely = node.service("timely").event().create({ deadline: 3_600_000 });
      assert.equal(timely.notifier().notify(), 0);
      assert.equal(timely.staticConfig.deadline?.value, 3_600_000);
      const service = eventService(node);
      assert.deepEqual([service.notifier().deadline, service.listener().deadline], [undefined, undefined]);
    }),
  );
});
