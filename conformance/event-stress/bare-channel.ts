/**
 * The channel of a listener without the listener: drained once per wake-up and never unasked, so that an order of steps
 * that loses wake-ups has no second chance.
 */
import type { Config, EventActivation, Listener } from "iceoryx2-ts";
import { hostOs } from "#internal/os/host.js";
import { openDynamicStorage } from "#internal/transport/dynamic-storage.js";
import { EVENT_CHANNEL_HEADER_SIZE, EventChannel } from "#internal/transport/event-channel.js";
import { sharedMemoryNames } from "#internal/transport/names.js";

/** Calls back for every wake-up, until it returns true. */
export function serveBareChannel(
  config: Config,
  { id, fd }: Listener,
  onWakeUp: (activations: readonly EventActivation[]) => boolean,
): Promise<void> {
  const os = hostOs();
  const name = sharedMemoryNames.eventManagement(config, id);
  const minimumSize = EVENT_CHANNEL_HEADER_SIZE;
  const { region, mapping } = openDynamicStorage(os, name, { writable: true, minimumSize, timeout: 0 });
  const channel = EventChannel.attach(region)!;
  const bell = new Uint8Array(1);
  return new Promise((resolve) => {
    const watch = os.watch(fd, () => {
      const activations: EventActivation[] = [];
      channel.drain(
        () => os.receive(fd, bell) >= 0,
        (eventId, count) => activations.push({ id: eventId, count }),
      );
      if (!onWakeUp(activations)) return;
      watch.stop();
      mapping.unmap();
      resolve();
    });
  });
}
