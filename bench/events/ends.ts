/** What a process sends to the other one, and how it notices what came, for each means. */
import { unlinkSync } from "node:fs";
import type { EventService, Listener, Node } from "iceoryx2-ts";
import { hostOs } from "#internal/os/host.js";
import type { Role } from "../exchange/protocol.ts";
import type { Means } from "./protocol.ts";

/** Is called with the number of notifications that came, and tells whether that was enough. */
export type OnNotified = (count: number) => boolean;

export interface Ends {
  /** Makes the end that sends; the one that receives is there. */
  connect(): void;
  notify(): void;
  /** Calls back whenever something came, until it was enough. */
  serve(onNotified: OnNotified): Promise<void>;
  close(): void;
}

/** @param name a path for "raw", the beginning of the names of services otherwise. */
export function openEnds(node: Node, means: Means, name: string, role: Role): Ends {
  const other = role === "a" ? "b" : "a";
  if (means === "raw") return openSockets(`${name}-${role}`, `${name}-${other}`);
  const open = (side: Role): EventService => node.service(`${name}-${side}`).event().openOrCreate();
  const listener = open(role).listener();
  const theirs = open(other);
  let notify = (): void => {};
  return {
    connect(): void {
      const notifier = theirs.notifier();
      notify = () => void notifier.notify();
    },
    notify: () => notify(),
    serve: (onNotified) => SERVE[means](listener, onNotified, node),
    close: () => listener.close(),
  };
}

type Serve = (listener: Listener, onNotified: OnNotified, node: Node) => Promise<void>;

const SERVE: Readonly<Record<Exclude<Means, "raw">, Serve>> = {
  async await(listener, onNotified): Promise<void> {
    while (!onNotified(total(await listener.wait())));
  },
  callback: (listener, onNotified) => watch(listener.fd, () => total(listener.tryWait()), onNotified),
  async waitSet(listener, onNotified, node): Promise<void> {
    using waitSet = node.waitSet();
    waitSet.attachNotification(listener);
    for await (const _ of waitSet) {
      const count = total(listener.tryWait());
      if (count > 0 && onNotified(count)) return;
    }
  },
  async blocking(listener, onNotified): Promise<void> {
    while (!onNotified(total(listener.waitSync())));
  },
};

function total(activations: readonly { readonly count: number }[]): number {
  let sum = 0;
  for (const { count } of activations) sum += count;
  return sum;
}

const BELL = Uint8Array.of(0);

function openSockets(path: string, peerPath: string): Ends {
  const os = hostOs();
  const fd = os.bindDatagram(path);
  const into = new Uint8Array(1);
  let peer = -1;
  return {
    connect(): void {
      peer = os.connectDatagram(peerPath);
    },
    notify: () => os.send(peer, BELL),
    serve: (onNotified) => watch(fd, () => (os.receive(fd, into) < 0 ? 0 : 1), onNotified),
    close(): void {
      os.close(fd);
      os.close(peer);
      unlinkSync(path);
    },
  };
}

function watch(fd: number, take: () => number, onNotified: OnNotified): Promise<void> {
  return new Promise((resolve) => {
    const watching = hostOs().watch(fd, () => {
      const count = take();
      if (count === 0 || !onNotified(count)) return;
      watching.stop();
      resolve();
    });
  });
}
