import type { ImageHandle, ResidentImages } from "../executor.ts";
import { checkImageSet, normalizedBytes, pixelsIn } from "../image-set.ts";
import type { Gpu } from "./device.ts";
import { bufferUsage } from "./flags.ts";
import { OwnPixels } from "./own-pixels.ts";

/** An image set on the GPU: its bytes and behind them its labels, and the normalized value of every byte. */
export class WebGpuImages implements ImageHandle {
  readonly count: number;
  readonly shape: ResidentImages["shape"];
  readonly bytes: GPUBuffer;
  readonly tables: GPUBuffer;
  /** Byte of the first label. */
  readonly labelStart: number;
  /** Pixels that batches bring in place of the set's. */
  readonly brought: OwnPixels;
  readonly #set: ResidentImages;
  readonly #gpu: Gpu;
  #held = true;

  constructor(gpu: Gpu, set: ResidentImages) {
    checkImageSet(set);
    this.#gpu = gpu;
    this.#set = set;
    this.brought = new OwnPixels(gpu);
    this.count = set.count;
    this.shape = set.shape;
    this.labelStart = set.images.length;
    const bytes = new Uint8Array(Math.ceil((set.images.length + set.count) / 4) * 4);
    bytes.set(set.images);
    bytes.set(set.labels, this.labelStart);
    const tables = normalizedBytes(set);
    const usage = bufferUsage.storage | bufferUsage.copyTarget;
    this.bytes = gpu.buffer("image set", bytes.length, usage);
    this.tables = gpu.buffer("normalized bytes", tables.byteLength, usage);
    gpu.device.queue.writeBuffer(this.bytes, 0, bytes);
    gpu.device.queue.writeBuffer(this.tables, 0, tables as Float32Array<ArrayBuffer>);
  }

  get held(): boolean {
    return this.#held;
  }

  /** What brought pixels are read from; the set itself where no batch has brought any. */
  get own(): GPUBuffer {
    return this.brought.buffer ?? this.bytes;
  }

  pixelsOf(image: number): Uint8Array {
    return pixelsIn(this.#set, image);
  }

  dispose(): void {
    if (this.#held) this.#gpu.release([this.bytes, this.tables]);
    this.brought.dispose();
    this.#held = false;
  }
}
