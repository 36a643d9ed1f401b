import { ExecutorError, type ImageHandle, type ResidentImages } from "../executor.ts";
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

  constructor(memory: LinearMemory, set: ResidentImages) {
    const [height, width, channels] = set.shape;
    this.#memory = memory;
    this.count = set.count;
    this.shape = set.shape;
    checkSet(set, height * width * channels, channels);
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

  dispose(): void {
    if (this.#held) this.#memory.free(this.values);
    this.#held = false;
  }
}

function checkSet(set: ResidentImages, imageLength: number, channels: number): void {
  const lengths = [
    ["images", set.images.length, set.count * imageLength],
    ["labels", set.labels.length, set.count],
    ["mean", set.mean.length, channels],
    ["std", set.std.length, channels],
  ] as const;
  for (const [what, given, needed] of lengths)
    if (given !== needed)
      throw new ExecutorError("misuse", `image set: ${given} values of ${what}, ${needed} needed`);
}

/** [channel][byte] → (byte/255 − mean)/std. */
function normalizedBytes({ mean, std }: ResidentImages): Float32Array {
  const values = new Float32Array(256 * mean.length);
  mean.forEach((center, channel) => {
    for (let byte = 0; byte < 256; byte++)
      values[256 * channel + byte] = (byte / 255 - center) * (1 / (std[channel] ?? 1));
  });
  return values;
}
