import type { ServiceState } from "../lifecycle/service-state.ts";
import type { FixedType, PayloadType } from "../payload/meaning.ts";
import type { Header } from "../port/common/loan.ts";
import { type LengthField, type MessageTypes, messageTypes } from "../port/common/message-types.ts";
import type { Client, ClientOptions } from "../port/request-response/client.ts";
import { createClient, type RequestResponseTypes } from "../port/request-response/create-client.ts";
import { createServer } from "../port/request-response/create-server.ts";
import { requestLength } from "../port/request-response/request-header.ts";
import { responseLength } from "../port/request-response/response-header.ts";
import type { Server, ServerOptions } from "../port/request-response/server.ts";
import type { MessageTypeDetails, RequestResponsePattern } from "../service/messaging-pattern.ts";
import {
  type ClientDetails,
  readClientDetails,
  readServerDetails,
  type ServerDetails,
} from "../service/request-response-port-details.ts";
import { type PortFactory, ServiceHandle } from "./port-factory.ts";

/** A request-response service that is open here: the factory of its ports. */
export interface RequestResponseService<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header = undefined,
  SH extends Header = undefined,
> extends PortFactory<RequestResponsePattern> {
  readonly numberOfClients: number;
  readonly numberOfServers: number;
  /** What the clients of all processes tell about themselves. @throws ClosedError */
  clients(): ClientDetails[];
  /** What the servers of all processes tell about themselves. @throws ClosedError */
  servers(): ServerDetails[];
  /** @throws ClientCreateError, InvalidNameError, InvalidArgumentError, ClosedError */
  client(options?: ClientOptions): Client<Q, S, QH, SH>;
  /** @throws ServerCreateError, InvalidNameError, InvalidArgumentError, ClosedError */
  server(options?: ServerOptions): Server<Q, S, QH, SH>;
}

interface MessageType {
  readonly payload: PayloadType;
  readonly userHeader: FixedType | undefined;
}

export function createRequestResponseService<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header,
  SH extends Header,
>(
  state: ServiceState<RequestResponsePattern>,
  request: MessageType,
  response: MessageType,
): RequestResponseService<Q, S, QH, SH> {
  const { requestMessageTypeDetails, responseMessageTypeDetails } = state.pattern;
  const bind = (
    details: MessageTypeDetails,
    { payload, userHeader }: MessageType,
    length: LengthField,
  ): MessageTypes => messageTypes(details, payload, userHeader, length);
  return new RequestResponseHandle<Q, S, QH, SH>(state, {
    request: bind(requestMessageTypeDetails, request, requestLength),
    response: bind(responseMessageTypeDetails, response, responseLength),
  });
}

class RequestResponseHandle<
    Q extends PayloadType,
    S extends PayloadType,
    QH extends Header,
    SH extends Header,
  >
  extends ServiceHandle<RequestResponsePattern>
  implements RequestResponseService<Q, S, QH, SH>
{
  readonly #types: RequestResponseTypes;

  constructor(state: ServiceState<RequestResponsePattern>, types: RequestResponseTypes) {
    super(state);
    this.#types = types;
  }

  get numberOfClients(): number {
    return this.demandOpen().dynamicConfig.bagB.length;
  }

  get numberOfServers(): number {
    return this.demandOpen().dynamicConfig.bagA.length;
  }

  clients(): ClientDetails[] {
    const { bagB } = this.demandOpen().dynamicConfig;
    return bagB
      .readAll()
      .map(readClientDetails)
      .filter((details) => details !== undefined);
  }

  servers(): ServerDetails[] {
    const { bagA } = this.demandOpen().dynamicConfig;
    return bagA
      .readAll()
      .map(readServerDetails)
      .filter((details) => details !== undefined);
  }

  client(options: ClientOptions = {}): Client<Q, S, QH, SH> {
    return createClient<Q, S, QH, SH>(this.demandOpen(), this.#types, options);
  }

  server(options: ServerOptions = {}): Server<Q, S, QH, SH> {
    return createServer<Q, S, QH, SH>(this.demandOpen(), this.#types, options);
  }
}
