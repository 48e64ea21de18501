/** Where a port lives: in a node that it is given, or in one of its own, which goes with it. */
import { Node } from "../api/node.ts";

export interface PortOptions {
  /** The node to live in; without one the port makes its own, which is closed with it. */
  readonly node?: Node | undefined;
}

export class Home {
  readonly node: Node;
  readonly #isOwn: boolean;

  constructor({ node }: PortOptions) {
    this.node = node ?? Node.create();
    this.#isOwn = node === undefined;
  }

  /** Makes what lives here; if that fails, nothing is left behind. */
  furnish<T>(make: (node: Node) => T): T {
    try {
      return make(this.node);
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  leave(): void {
    if (this.#isOwn) this.node.close();
  }
}
