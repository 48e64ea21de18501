/** Ways for two processes to exchange messages, all behind one interface. */
import type { ChildProcess } from "node:child_process";
import { Config, Node } from "iceoryx2-ts";
import { type BorrowedMessage, Pair, Pub0, Sub0 } from "iceoryx2-ts/sockets";

export interface Transport {
  send(message: Uint8Array): Promise<unknown>;
  recv(): Promise<Uint8Array>;
  /** Gives back what was received last, where that is necessary. */
  release?(): void;
  close(): void;
}

export interface Domain {
  readonly prefix: string;
  readonly rootPath: string;
}

export type Side = "parent" | "child";
export const TRANSPORTS = [
  "Pair",
  "Pair, borrow",
  "Pub0/Sub0",
  "Sub0, borrow",
  "process.send",
  "zeromq Pair",
  "zeromq Pub/Sub",
] as const;
export type TransportName = (typeof TRANSPORTS)[number];

/** One way from the parent to the child. */
export const ONE_WAY: readonly TransportName[] = ["Pub0/Sub0", "Sub0, borrow", "zeromq Pub/Sub"];

interface ZeroMqSocket {
  send(message: Uint8Array): Promise<void>;
  receive(): Promise<Uint8Array[]>;
  bind(address: string): Promise<void>;
  connect(address: string): void;
  subscribe(): void;
  close(): void;
}
type ZeroMq = Record<"Pair" | "Publisher" | "Subscriber", new (options?: object) => ZeroMqSocket>;

/** It is no dependency: whoever wants to compare installs it. */
export async function loadZeroMq(): Promise<ZeroMq | undefined> {
  const name = "zeromq";
  try {
    return (await import(name)) as ZeroMq;
  } catch {
    return undefined;
  }
}

/** @param other the child, or this process in the child. */
export async function open(
  name: TransportName,
  side: Side,
  domain: Domain,
  other: ChildProcess | NodeJS.Process,
): Promise<Transport> {
  const { prefix, rootPath } = domain;
  const node = (): Node =>
    Node.create({ config: Config.with(Config.default(), { global: { prefix, rootPath } }) });
  switch (name) {
    case "Pair":
    case "Pair, borrow":
      return openSocket(name, node(), (own) => Pair.connect(name, { node: own }));
    case "Pub0/Sub0":
    case "Sub0, borrow":
      return side === "parent"
        ? openSocket(name, node(), (own) => Pub0.create(name, { node: own }))
        : openSocket(name, node(), (own) => Sub0.subscribe(name, { node: own }));
    case "process.send":
      return new ProcessTransport(other);
    default:
      return openZeroMq(name, side, `ipc://${rootPath}${name.replace(/\W/g, "")}`);
  }
}

type Socket = Partial<Pick<Pair, "send" | "recv" | "borrow">>;

async function openSocket(
  name: TransportName,
  node: Node,
  make: (node: Node) => Promise<Socket>,
): Promise<Transport> {
  const socket = await make(node);
  const send = (message: Uint8Array): Promise<void> => socket.send!(message);
  const close = (): void => node.close();
  if (!name.endsWith("borrow")) return { send, recv: () => socket.recv!(), close };
  let borrowed: BorrowedMessage;
  return {
    send,
    async recv() {
      borrowed = await socket.borrow!();
      return borrowed.payload as Uint8Array;
    },
    release: () => borrowed.release(),
    close,
  };
}

class ProcessTransport implements Transport {
  readonly #other: ChildProcess | NodeJS.Process;
  readonly #messages: Uint8Array[] = [];
  #wanted: ((message: Uint8Array) => void) | undefined;
  readonly #onMessage = (message: unknown): void => {
    if (!(message instanceof Uint8Array)) return;
    if (this.#wanted === undefined) this.#messages.push(message);
    else {
      const wanted = this.#wanted;
      this.#wanted = undefined;
      wanted(message);
    }
  };

  constructor(other: ChildProcess | NodeJS.Process) {
    this.#other = other;
    other.on("message", this.#onMessage);
  }

  /** Its only back-pressure is that it calls back when a message was written. */
  send(message: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#other.send!(message, undefined, undefined, () => resolve())) resolve();
    });
  }

  recv(): Promise<Uint8Array> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#wanted = resolve;
    });
  }

  close(): void {
    this.#other.off("message", this.#onMessage);
  }
}

async function openZeroMq(name: TransportName, side: Side, address: string): Promise<Transport> {
  const zeromq = (await loadZeroMq())!;
  const kinds = name === "zeromq Pair" ? (["Pair", "Pair"] as const) : (["Publisher", "Subscriber"] as const);
  const Socket = zeromq[side === "parent" ? kinds[0] : kinds[1]];
  // With limits a publisher loses messages.
  const unlimited = side === "parent" ? { sendHighWaterMark: 0 } : { receiveHighWaterMark: 0 };
  const socket = new Socket(name === "zeromq Pair" ? {} : unlimited);
  if (side === "parent") await socket.bind(address);
  else socket.connect(address);
  if (side === "child" && name !== "zeromq Pair") socket.subscribe();
  return {
    send: (message) => socket.send(message),
    recv: async () => (await socket.receive())[0]!,
    close: () => socket.close(),
  };
}
