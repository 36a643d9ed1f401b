/**
 * MD5 (RFC 1321), piece by piece: publishers of data sets state it, and browsers do not compute it. It tells a damaged
 * download from a whole one, and nothing about who made it.
 */
export class Md5 {
  readonly #state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  readonly #rest = new Uint8Array(64);
  #restLength = 0;
  #bytes = 0;

  update(bytes: Uint8Array): this {
    this.#bytes += bytes.length;
    let at = 0;
    if (this.#restLength > 0) {
      at = Math.min(64 - this.#restLength, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < 64) return this;
      this.#blocks(this.#rest, 0, 64);
      this.#restLength = 0;
    }
    const whole = at + Math.floor((bytes.length - at) / 64) * 64;
    this.#blocks(bytes, at, whole);
    this.#rest.set(bytes.subarray(whole));
    this.#restLength = bytes.length - whole;
    return this;
  }

  /** 32 hexadecimal digits. Nothing can be added afterwards. */
  digest(): string {
    const bits = this.#bytes * 8;
    const padding = new Uint8Array((this.#restLength < 56 ? 56 : 120) - this.#restLength + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, bits >>> 0, true);
    view.setUint32(padding.length - 4, Math.floor(bits / 2 ** 32), true);
    this.update(padding);
    const digest = new DataView(new ArrayBuffer(16));
    this.#state.forEach((word, i) => {
      digest.setUint32(4 * i, word, true);
    });
    return Array.from(new Uint8Array(digest.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  #blocks(bytes: Uint8Array, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const words = new Int32Array(16);
    let [a0, b0, c0, d0] = this.#state as unknown as [number, number, number, number];
    for (let at = start; at < end; at += 64) {
      for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i, true);
      let [a, b, c, d] = [a0, b0, c0, d0];
      for (let i = 0; i < 64; i++) {
        let f: number;
        let word: number;
        if (i < 16) {
          f = (b & c) | (~b & d);
          word = i;
        } else if (i < 32) {
          f = (d & b) | (~d & c);
          word = (5 * i + 1) & 15;
        } else if (i < 48) {
          f = b ^ c ^ d;
          word = (3 * i + 5) & 15;
        } else {
          f = c ^ (b | ~d);
          word = (7 * i) & 15;
        }
        const sum = (a + f + sines[i]! + words[word]!) | 0;
        const shift = shifts[((i >> 4) << 2) | (i & 3)]!;
        a = d;
        d = c;
        c = b;
        b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
      }
      a0 = (a0 + a) | 0;
      b0 = (b0 + b) | 0;
      c0 = (c0 + c) | 0;
      d0 = (d0 + d) | 0;
    }
    this.#state.set([a0, b0, c0, d0]);
  }
}

const shifts = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);
/** T[i] = ⌊2³²·|sin(i + 1)|⌋. */
const sines = Int32Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))) | 0);

/** MD5 of a whole file. */
export async function md5Of(
  pieces: AsyncIterable<Uint8Array>,
  onBytes?: (bytes: number) => void,
): Promise<string> {
  const hash = new Md5();
  let done = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    done += piece.length;
    onBytes?.(done);
  }
  return hash.digest();
}
