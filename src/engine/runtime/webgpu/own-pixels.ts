import { ExecutorError } from "../executor.ts";
import { megabytes } from "../room.ts";
import type { Gpu } from "./device.ts";
import { bufferUsage } from "./flags.ts";

/** Pixels of their own that batches bring along, from when they are sent until their steps are submitted. */
export class OwnPixels {
  readonly #gpu: Gpu;
  #buffer: GPUBuffer | undefined;
  #bytes = new Uint8Array(0);

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  get buffer(): GPUBuffer | undefined {
    return this.#buffer;
  }

  /**
   * Sends the pixels of all batches of a run; they take the place of those before.
   * @returns where each batch's begin in the buffer, in bytes.
   * @throws ExecutorError "out-of-memory"
   */
  send(batches: readonly Uint8Array[]): number[] {
    const starts: number[] = [];
    let length = 0;
    for (const pixels of batches) {
      starts.push(length);
      length += pixels.length;
    }
    this.#reserve(4 * Math.ceil(length / 4));
    batches.forEach((pixels, i) => {
      this.#bytes.set(pixels, starts[i]);
    });
    this.#gpu.device.queue.writeBuffer(this.#buffer!, 0, this.#bytes, 0, 4 * Math.ceil(length / 4));
    return starts;
  }

  dispose(): void {
    if (this.#buffer !== undefined) this.#gpu.release([this.#buffer]);
    this.#buffer = undefined;
  }

  #reserve(bytes: number): void {
    if (this.#buffer !== undefined && bytes <= this.#bytes.length) return;
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#gpu.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes > most)
      throw new ExecutorError(
        "out-of-memory",
        `the changed images of a batch need ${megabytes(bytes)}, this GPU allows ${megabytes(most)}`,
      );
    // What is submitted and still reads the old one is not disturbed.
    this.dispose();
    this.#bytes = new Uint8Array(bytes);
    this.#buffer = this.#gpu.buffer("changed images", bytes, bufferUsage.storage | bufferUsage.copyTarget);
  }
}
