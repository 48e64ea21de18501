import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inDomainAsync } from "../../testing/in-domain.test-support.ts";
import { interceptOs } from "../../testing/os.test-support.ts";
import { notifyListener } from "../../transport/event-notifier.ts";
import { type Rearmed, rearm } from "./rearm.ts";

class Sleeper implements Rearmed {
  isIdle = true;
  woken = 0;

  wake(): void {
    this.woken++;
  }
}

describe("who waits", () => {
  it("is woken once a second as long as it is not idle", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const [idle, uneasy] = [new Sleeper(), new Sleeper()];
    const stops = [rearm(idle), rearm(uneasy)];
    const pass = (seconds: number): void => {
      for (let i = 0; i < seconds; i++) t.mock.timers.tick(1000);
    };
    pass(2);
    uneasy.isIdle = false;
    pass(3);
    assert.deepEqual([idle.woken, uneasy.woken], [0, 3]);
    for (const stop of stops) stop();
    pass(5);
    assert.equal(uneasy.woken, 3);
    const stop = rearm(uneasy);
    pass(1);
    assert.equal(uneasy.woken, 4);
    stop();
    pass(1);
  });

  it("for a listener notices that somebody died before his bell rang", (t) =>
    inDomainAsync(async (node, { config }) => {
      t.mock.timers.enable({ apis: ["setTimeout"] });
      const listener = node.service("Alarm").event().create().listener();
      const mute = interceptOs((call, _args, proceed) => (call === "send" ? undefined : proceed()));
      for (const id of [3, 4]) {
        let isOver = false;
        const waiting = listener.wait().finally(() => {
          isOver = true;
        });
        await new Promise((resolve) => setImmediate(resolve));
        assert(notifyListener(mute, config, listener.id, id));
        await new Promise((resolve) => setImmediate(resolve));
        assert(!isOver);
        t.mock.timers.tick(1000);
        assert.deepEqual(await waiting, [{ id, count: 1 }]);
      }
    })());
});
