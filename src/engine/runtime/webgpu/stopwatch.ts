import type { Gpu } from "./device.ts";
import { bufferUsage, mapForReading } from "./flags.ts";

/** What is timed must take so long, so that the clock's steps (browsers round timestamps to 0.1 ms) are a small share. */
const stampedMs = 4;
const clockedMs = 10;
const mostRepeats = 256;
const rounds = 2;

interface Queries {
  readonly set: GPUQuerySet;
  readonly resolved: GPUBuffer;
  readonly staging: GPUBuffer;
}

/**
 * Times dispatches, each alone and repeated within one pass: timestamps belong to passes, and single dispatches are shorter
 * than their resolution. By the GPU's own clock where the adapter has timestamp queries, else by the page's clock less
 * the time of a submit that does next to nothing.
 */
export class Stopwatch {
  readonly #gpu: Gpu;
  readonly #queries: Queries | undefined;
  #emptyMs: number | undefined;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    if (!gpu.device.features.has("timestamp-query")) return;
    this.#queries = {
      set: gpu.device.createQuerySet({ type: "timestamp", count: 2 }),
      resolved: gpu.buffer("timestamps", 16, bufferUsage.queryResolve | bufferUsage.copySource),
      staging: gpu.buffer("timestamps read", 16, bufferUsage.mapRead | bufferUsage.copyTarget),
    };
  }

  /** Least milliseconds of one repeat. */
  async least(record: (pass: GPUComputePassEncoder, repeats: number) => void): Promise<number> {
    const wanted = this.#queries ? stampedMs : clockedMs;
    const once = await this.#time((pass) => record(pass, 1));
    const repeats = Math.min(mostRepeats, Math.ceil(wanted / Math.max(once, 0.01)));
    if (repeats === 1) return Math.min(once, await this.#time((pass) => record(pass, 1)));
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round++)
      least = Math.min(least, (await this.#time((pass) => record(pass, repeats))) / repeats);
    return least;
  }

  dispose(): void {
    if (this.#queries === undefined) return;
    const { set, resolved, staging } = this.#queries;
    set.destroy();
    this.#gpu.release([resolved, staging]);
  }

  async #time(record: (pass: GPUComputePassEncoder) => void): Promise<number> {
    if (this.#queries) return this.#stamped(record, this.#queries);
    this.#emptyMs ??= Math.min(...[await this.#clocked(() => {}), await this.#clocked(() => {})]);
    return Math.max(0, (await this.#clocked(record)) - this.#emptyMs);
  }

  async #stamped(
    record: (pass: GPUComputePassEncoder) => void,
    { set, resolved, staging }: Queries,
  ): Promise<number> {
    const { device } = this.#gpu;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet: set, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    });
    record(pass);
    pass.end();
    encoder.resolveQuerySet(set, 0, 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(mapForReading, 0, 16);
    const [begin = 0n, end = 0n] = new BigUint64Array(staging.getMappedRange(0, 16));
    staging.unmap();
    // Nanoseconds. A GPU's clock may be set back between the two.
    return Math.max(0, Number(end - begin) / 1e6);
  }

  async #clocked(record: (pass: GPUComputePassEncoder) => void): Promise<number> {
    const { device } = this.#gpu;
    const from = performance.now();
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    record(pass);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - from;
  }
}
