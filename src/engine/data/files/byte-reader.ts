/** Takes exactly so many bytes at a time from pieces of any size. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array<ArrayBuffer>>;
  #current: Uint8Array<ArrayBuffer> = new Uint8Array();

  constructor(pieces: AsyncIterable<Uint8Array<ArrayBuffer>>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, fewer at the end. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      if (this.#current.length === 0) {
        const { done, value } = await this.#pieces.next();
        if (done) return bytes.slice(0, filled);
        this.#current = value;
      }
      const part = this.#current.subarray(0, count - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#current = this.#current.subarray(part.length);
    }
    return bytes;
  }

  /** Passes over `count` bytes; false if there are not so many. */
  async skip(count: number): Promise<boolean> {
    let left = count;
    while (left > 0) {
      const part = await this.take(Math.min(left, 2 ** 20));
      if (part.length === 0) return false;
      left -= part.length;
    }
    return true;
  }

  /** Ends the source early. */
  async close(): Promise<void> {
    await this.#pieces.return?.(undefined);
  }
}
