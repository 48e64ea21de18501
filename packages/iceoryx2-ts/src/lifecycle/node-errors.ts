/** What can go wrong with nodes; names and codes are upstream's. */
import { Iox2Error } from "../base/iox2-error.ts";

const creationCodes = [
  "InsufficientPermissions",
  "InternalError",
  "SystemCorrupted",
  "UnableToGenerateUniqueNodeId",
] as const;
/** Thrown by `Node.create`. */
export class NodeCreationFailure extends Iox2Error<(typeof creationCodes)[number]> {
  static override readonly className: string = "NodeCreationFailure";
  static readonly codes: readonly string[] = creationCodes;
}

const listCodes = ["InsufficientPermissions", "InternalError"] as const;
/** Thrown by `Node.list`. */
export class NodeListFailure extends Iox2Error<(typeof listCodes)[number]> {
  static override readonly className: string = "NodeListFailure";
  static readonly codes: readonly string[] = listCodes;
}
