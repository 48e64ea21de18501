/**
 * Clients and servers that wake each other by events, as upstream's example request_response_with_events does it.
 *
 * Two event services go with the service "a": servers listen at "a/server", and clients notify there of requests;
 * clients listen at "a/client", and servers notify there of responses, but only the listener that the response is for.
 * Its id stands in the user header of the request, if that is made for it. Clients of ours have listeners with their
 * own id as the name as well: they can be found without such a header, and are told of the ends of streams, which
 * others do not expect.
 */
import { InvalidArgumentError } from "../../base/general-errors.ts";
import { readUniqueId, writeUniqueId } from "../../base/unique-id.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { TypeDetail } from "../../payload/type-detail.ts";
import type { RequestResponsePattern } from "../../service/messaging-pattern.ts";
import { Bell } from "../event/bell.ts";
import { EventWaking } from "../event/event-waking.ts";

/** `true` stands for the event id 0, which is upstream's. */
export type Notify = boolean | number | undefined;

/** What upstream's examples call the type of a header with the id of a listener: in Rust, in C++ and Python. */
const LISTENER_ID_TYPES: readonly string[] = ["u128", "RequestResponseWithEventsHeader"];
const LISTENER_ID_SIZE = 16;

function listenerNameOf(clientId: bigint): string {
  return clientId.toString(16);
}

/** @returns undefined for a port that notifies nobody. @throws InvalidArgumentError */
export function notifiedId(what: string, notify: Notify): number | undefined {
  if (notify === undefined || notify === false) return undefined;
  if (notify === true) return 0;
  if (Number.isSafeInteger(notify) && notify >= 0) return notify;
  throw new InvalidArgumentError(
    what,
    `cannot create a ${what}: notify is ${notify}, but must be true, false, or an event id: an integer from 0 on.`,
  );
}

interface Port {
  readonly id: bigint;
  readonly origin: string;
}

export class ClientWakeUps {
  readonly waking: EventWaking;
  readonly #bell: Bell | undefined;
  readonly #hasListenerId: boolean;

  /** @param eventId undefined for a client that notifies nobody. @throws as `Bell` and `EventWaking.open` */
  constructor(
    { node, name, pattern }: ServiceState<RequestResponsePattern>,
    port: Port,
    eventId: number | undefined,
  ) {
    const { userHeader } = pattern.requestMessageTypeDetails;
    this.#hasListenerId = mayHoldListenerId(userHeader) && LISTENER_ID_TYPES.includes(userHeader.typeName);
    this.waking = new EventWaking(node, `${name}/client`, port.origin, listenerNameOf(port.id));
    if (eventId !== undefined) {
      this.#bell = bellBeside(this.waking, node, `${name}/server`, port.origin, eventId);
    }
  }

  /** Says in the user header of a request whom to wake, if it is made for that and nobody wrote into it. */
  sign(view: DataView, at: number): void {
    const { listenerId } = this.waking;
    if (listenerId === undefined || !this.#hasListenerId || readUniqueId(view, at) !== 0n) return;
    writeUniqueId(view, at, listenerId);
  }

  sentRequest(): void {
    this.#bell?.ringAll();
  }

  close(): void {
    this.#bell?.close();
    this.waking.close();
  }
}

/** A bell for a port that others wake as well: its own listener is there from the beginning. */
function bellBeside(waking: EventWaking, ...bellArguments: ConstructorParameters<typeof Bell>): Bell {
  const bell = new Bell(...bellArguments);
  try {
    waking.open(0);
    return bell;
  } catch (error) {
    bell.close();
    throw error;
  }
}

/** Whom to wake about responses. */
export interface Sleeper {
  readonly clientId: bigint;
  /** 0 if the request says nothing of it. */
  readonly listenerId: bigint;
}

export class ServerWakeUps {
  readonly waking: EventWaking;
  readonly #bell: Bell | undefined;
  readonly #mayHoldListenerId: boolean;

  /** @param eventId undefined for a server that notifies nobody. @throws as `Bell` and `EventWaking.open` */
  constructor(
    { node, name, pattern }: ServiceState<RequestResponsePattern>,
    port: Port,
    eventId: number | undefined,
  ) {
    this.#mayHoldListenerId = mayHoldListenerId(pattern.requestMessageTypeDetails.userHeader);
    this.waking = new EventWaking(node, `${name}/server`, port.origin, "");
    if (eventId !== undefined) {
      this.#bell = bellBeside(this.waking, node, `${name}/client`, port.origin, eventId);
    }
  }

  /** The id of the listener that a request asks to wake; 0 for none. It may be anything. */
  readSignature(view: DataView, at: number): bigint {
    return this.#bell !== undefined && this.#mayHoldListenerId ? readUniqueId(view, at) : 0n;
  }

  sentResponse({ clientId, listenerId }: Sleeper): void {
    const bell = this.#bell;
    if (bell === undefined) return;
    if (listenerId !== 0n && bell.ring(({ portId }) => portId === listenerId)) return;
    if (!this.#ringByName(bell, clientId)) bell.ringAll();
  }

  endedStream({ clientId }: Sleeper): void {
    if (this.#bell !== undefined) this.#ringByName(this.#bell, clientId);
  }

  close(): void {
    this.#bell?.close();
    this.waking.close();
  }

  #ringByName(bell: Bell, clientId: bigint): boolean {
    const name = listenerNameOf(clientId);
    return bell.ring(({ portName }) => portName === name);
  }
}

function mayHoldListenerId({ size, variant }: TypeDetail): boolean {
  return variant === "FixedSize" && size === LISTENER_ID_SIZE;
}
