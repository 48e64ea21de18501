/** What a touched message costs beside its way: its bytes are written here and copied there. */
export class Touch {
  readonly #private: Uint8Array;
  #value = 0;

  constructor(size: number) {
    this.#private = new Uint8Array(size);
  }

  write(payload: Uint8Array): void {
    this.#value = (this.#value + 1) & 0xff;
    payload.fill(this.#value);
  }

  /** @throws if the last byte is not the one that as many calls of `write` wrote on the other side. */
  read(payload: Uint8Array): void {
    if (payload.length !== this.#private.length) throw new Error(`${payload.length} bytes came`);
    this.#private.set(payload);
    this.#value = (this.#value + 1) & 0xff;
    const last = this.#private[this.#private.length - 1];
    if (last !== this.#value) throw new Error(`the last byte is ${last}, not ${this.#value}`);
  }
}
