/** The errors that creating and opening a service can end with, in words; the same for every messaging pattern. */
import type { Config } from "../config/config.ts";
import type { Remnant } from "../recovery/orphans.ts";
import type {
  CommonCreateErrorCode,
  CommonOpenErrorCode,
  ServiceRequest,
} from "../service/service-request.ts";
import { type PackageVersion, type StaticConfig, SUPPORTED_VERSION } from "../service/static-config.ts";
import type { StorageError, StorageErrorCode } from "../transport/storage-error.ts";

/** What an attempt to open found instead of a usable service. */
export interface Obstacle {
  readonly reason: "BeingCreated" | "MarkedForDestruction";
  readonly detail: string;
  /** What is there, in case that its creator or last user died. */
  readonly remnant: Remnant;
}

const CREATE_CODES: Readonly<Partial<Record<StorageErrorCode, CommonCreateErrorCode>>> = {
  AlreadyExists: "AlreadyExists",
  InsufficientPermissions: "InsufficientPermissions",
  OutOfMemory: "ServiceConfigCouldNotBeCreated",
  Corrupted: "ServiceInCorruptedState",
};
const OPEN_CODES: Readonly<Partial<Record<StorageErrorCode, CommonOpenErrorCode>>> = {
  InsufficientPermissions: "InsufficientPermissions",
  VersionMismatch: "VersionMismatch",
  Corrupted: "ServiceInCorruptedState",
};

export class ServiceFailures {
  readonly #request: ServiceRequest;
  readonly #config: Config;
  readonly #service: string;

  constructor(request: ServiceRequest, config: Config) {
    this.#request = request;
    this.#config = config;
    this.#service = `service "${request.serviceName}"`;
  }

  // --- creating ------------------------------------------------------------------------------------

  alreadyExists(cause?: StorageError): Error {
    return this.#create(
      "AlreadyExists",
      "it already exists. Use open or openOrCreate, or choose another name.",
      cause,
    );
  }

  beingCreated(cause: StorageError): Error {
    return this.#create(
      "IsBeingCreatedByAnotherInstance",
      "another process is creating it. Use openOrCreate, or try again.",
      cause,
    );
  }

  tagNotCreated(cause: StorageError): Error {
    return this.#create(
      "UnableToCreateServiceTag",
      `this node cannot note that it uses it: ${cause.message}`,
      cause,
    );
  }

  notCreated(cause: StorageError): Error {
    if (cause.code === "AlreadyExists") return this.alreadyExists(cause);
    return this.#create(CREATE_CODES[cause.code] ?? "InternalFailure", cause.message, cause);
  }

  systemInFlux(attempts: number): Error {
    return this.#request.errors.systemInFlux(
      `cannot open or create ${this.#service}: in ${attempts} attempts it was created by somebody else and gone again. Too many processes create and remove it at the same time.`,
    );
  }

  // --- opening -------------------------------------------------------------------------------------

  doesNotExist(cause: StorageError): Error {
    const { rootPath, prefix } = this.#config.global;
    return this.#open(
      "DoesNotExist",
      `there is no ${this.#request.kind} service of that name in "${rootPath}" with prefix "${prefix}". Create it first, or use openOrCreate.`,
      cause,
    );
  }

  unreadable(path: string, cause: Error): Error {
    return this.#open(
      "ServiceInCorruptedState",
      `"${path}" is no static configuration of iceoryx2 0.10.0: ${cause.message}`,
      cause,
    );
  }

  otherVersion({ major, minor, patch }: PackageVersion): Error {
    const ours = `${SUPPORTED_VERSION.major}.${SUPPORTED_VERSION.minor}.${SUPPORTED_VERSION.patch}`;
    return this.#open(
      "VersionMismatch",
      `it was created by iceoryx2 ${major}.${minor}.${patch}, but this library speaks ${ours}. Use the same version everywhere.`,
    );
  }

  otherService(path: string, { serviceName }: StaticConfig): Error {
    return this.#open(
      "ServiceInCorruptedState",
      `"${path}" holds the configuration of another service, "${serviceName}".`,
    );
  }

  otherPattern({ messagingPattern }: StaticConfig): Error {
    return this.#open(
      "IncompatibleMessagingPattern",
      `its messaging pattern is ${messagingPattern.kind}, not ${this.#request.kind}.`,
    );
  }

  otherAttributes(reason: string): Error {
    return this.#open("IncompatibleAttributes", reason);
  }

  tagNotCreatedAtOpen(cause: StorageError): Error {
    return this.#open(
      "UnableToCreateServiceTag",
      `this node cannot note that it uses it: ${cause.message}`,
      cause,
    );
  }

  notOpened(cause: StorageError): Error {
    return this.#open(OPEN_CODES[cause.code] ?? "InternalFailure", cause.message, cause);
  }

  tooManyNodes({ messagingPattern: { maxNodes } }: StaticConfig): Error {
    return this.#open(
      "ExceedsMaxNumberOfNodes",
      `${maxNodes} nodes have it open already (maxNodes: ${maxNodes}). Close one, or create the service with a larger maxNodes.`,
    );
  }

  obstructed(obstacle: Obstacle): Error {
    if (obstacle.reason === "MarkedForDestruction") {
      return this.#open("IsMarkedForDestruction", `${obstacle.detail}. Use openOrCreate, or try again.`);
    }
    const { creationTimeout } = this.#config.global;
    return this.#open(
      "HangsInCreation",
      `it was not ready within ${creationTimeout} ms (config.global.creationTimeout): ${obstacle.detail}. Its creator is slow, stopped or dead.`,
    );
  }

  #create(code: CommonCreateErrorCode, reason: string, cause?: unknown): Error {
    return this.#request.errors.create(code, `cannot create ${this.#service}: ${reason}`, cause);
  }

  #open(code: CommonOpenErrorCode, reason: string, cause?: unknown): Error {
    return this.#request.errors.open(code, `cannot open ${this.#service}: ${reason}`, cause);
  }
}
