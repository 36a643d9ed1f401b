import type { ImageHandle, ResidentImages } from "../executor.ts";
import { checkImageSet, normalizedBytes } from "../image-set.ts";
import type { LinearMemory } from "./memory.ts";

/** An image set in linear memory: bytes, labels, and the normalized value of every byte of every channel. */
export class WasmImages implements ImageHandle {
  readonly count: number;
  readonly shape: ResidentImages["shape"];
  readonly bytes: number;
  readonly labels: number;
  readonly values: number;
  readonly #memory: LinearMemory;
  #held = true;
  /** Place for a batch's own pixels, made when one has some. */
  #own: { readonly address: number; readonly length: number } | undefined;

  constructor(memory: LinearMemory, set: ResidentImages) {
    const [, , channels] = set.shape;
    this.#memory = memory;
    this.count = set.count;
    this.shape = set.shape;
    checkImageSet(set);
    const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
    const values = 4 * 256 * channels;
    const labels = align(set.count);
    this.values = memory.allocate(values + labels + set.images.length, `a set of ${set.count} images`);
    this.labels = this.values + values;
    this.bytes = this.labels + labels;
    memory.floats(this.values, 256 * channels).set(normalizedBytes(set));
    memory.bytes(this.labels, set.count).set(set.labels);
    memory.bytes(this.bytes, set.images.length).set(set.images);
  }

  get held(): boolean {
    return this.#held;
  }

  pixelsOf(image: number): Uint8Array {
    const [height, width, channels] = this.shape;
    const length = height * width * channels;
    return this.#memory.bytes(this.bytes + image * length, length);
  }

  /** Where a batch's own pixels lie, from now until the next batch's. */
  place(pixels: Uint8Array): number {
    if (this.#own === undefined || this.#own.length < pixels.length) {
      this.#release();
      const address = this.#memory.allocate(pixels.length, "the changed images of a batch");
      this.#own = { address, length: pixels.length };
    }
    this.#memory.bytes(this.#own.address, pixels.length).set(pixels);
    return this.#own.address;
  }

  dispose(): void {
    if (this.#held) this.#memory.free(this.values);
    this.#release();
    this.#held = false;
  }

  #release(): void {
    if (this.#own !== undefined) this.#memory.free(this.#own.address);
    this.#own = undefined;
  }
}
