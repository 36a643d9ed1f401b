import type { TensorId } from "../../plan/call.ts";
import { ExecutorError } from "../executor.ts";
import { megabytes } from "../room.ts";
import type { Gpu } from "./device.ts";
import { bufferUsage, mapForReading } from "./flags.ts";
import { argBytes } from "./kernel.ts";
import { type LoweredPlan, roomFor } from "./lowered-plan.ts";
import { mostAtOnce } from "./pace.ts";
import type { Place, Placement } from "./placement.ts";
import type { FixedBuffer } from "./program.ts";

/** The sum of the losses and the number of right answers. */
const metricBytes = 8;

/** Bytes of the table of steps, at most. */
const longestTable = 2 ** 22;

/** A network's buffers on the GPU. */
export class Memory {
  readonly #gpu: Gpu;
  readonly #placement: Placement;
  readonly #buffers: readonly GPUBuffer[];
  readonly #args: GPUBuffer;
  /** What absent operands are bound to: one range for reading, others for each binding that would be written. */
  readonly #absent: readonly [read: GPUBuffer, write: GPUBuffer];
  /** What changes from step to step: a row for each step between two read-backs, copied to the host buffer before it. */
  readonly #table: GPUBuffer;
  /** Bytes of the host buffer, and of a row. */
  readonly #rowBytes: number;
  /** Loss and right answers of the same steps. */
  readonly #metrics: GPUBuffer;
  /** Mapped for reading by turns; the free ones. */
  readonly #staging: GPUBuffer[] = [];
  readonly #free: GPUBuffer[] = [];
  readonly #argWords: ArrayBuffer;
  readonly bytes: number;
  /** Steps that go between two read-backs, at most. */
  readonly rows: number;

  constructor(gpu: Gpu, lowered: LoweredPlan, calls: number) {
    const { placement } = lowered;
    this.#gpu = gpu;
    this.#placement = placement;
    const { needed, available } = roomFor(lowered, gpu.device.limits);
    if (needed > available)
      throw new ExecutorError(
        "out-of-memory",
        `a buffer of ${megabytes(needed)} is needed, this GPU allows ${megabytes(available)}`,
      );
    const usage = bufferUsage.storage | bufferUsage.copySource | bufferUsage.copyTarget;
    this.#buffers = placement.buffers.map(({ name, length }) => gpu.buffer(name, 4 * length, usage));
    this.#args = gpu.buffer("arguments", argBytes * calls, bufferUsage.uniform | bufferUsage.copyTarget);
    this.#absent = [gpu.buffer("absent, read", 256, usage), gpu.buffer("absent, written", 256 * 16, usage)];
    this.#argWords = new ArrayBuffer(argBytes * calls);
    this.#rowBytes = 4 * this.lengthOf("host");
    this.rows = Math.max(1, Math.min(mostAtOnce, Math.floor(longestTable / this.#rowBytes)));
    this.#table = gpu.buffer(
      "steps",
      this.rows * this.#rowBytes,
      bufferUsage.copySource | bufferUsage.copyTarget,
    );
    this.#metrics = gpu.buffer(
      "metrics",
      this.rows * metricBytes,
      bufferUsage.mapRead | bufferUsage.copyTarget,
    );
    const all = this.#all();
    this.bytes = all.reduce((sum, { size }) => sum + size, 0);
  }

  lengthOf(name: FixedBuffer): number {
    return this.#placement.buffers.find((buffer) => buffer.name === name)?.length ?? 0;
  }

  /** Sends the rows of so many steps, one host buffer's words each. */
  writeTable(rows: Float32Array<ArrayBuffer>, steps: number): void {
    this.#gpu.device.queue.writeBuffer(this.#table, 0, rows, 0, (steps * this.#rowBytes) / 4);
  }

  /** Brings a step's row to the host buffer. */
  takeRow(encoder: GPUCommandEncoder, step: number): void {
    const host = this.#named("host");
    encoder.copyBufferToBuffer(this.#table, step * this.#rowBytes, host, 0, this.#rowBytes);
  }

  /** Keeps the metrics of a step until they are read. */
  keepMetrics(encoder: GPUCommandEncoder, metrics: TensorId, step: number): void {
    const { buffer, offset } = this.#place(metrics);
    encoder.copyBufferToBuffer(
      this.#buffers[buffer]!,
      4 * offset,
      this.#metrics,
      step * metricBytes,
      metricBytes,
    );
  }

  /** Loss and right answers of so many steps, when they are done. */
  async readMetrics(steps: number): Promise<Float32Array> {
    await this.#metrics.mapAsync(mapForReading, 0, steps * metricBytes);
    const values = new Float32Array(this.#metrics.getMappedRange(0, steps * metricBytes)).slice();
    this.#metrics.unmap();
    return values;
  }

  offsetOf(tensor: TensorId): number {
    return this.#place(tensor).offset;
  }

  write(tensor: TensorId, values: Float32Array | Float64Array): void {
    const { buffer, offset } = this.#place(tensor);
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    this.#gpu.device.queue.writeBuffer(
      this.#buffers[buffer]!,
      4 * offset,
      floats as Float32Array<ArrayBuffer>,
    );
  }

  /**
   * The range that holds all of these tensors, and where in it each begins (float32 elements).
   * @param slot tells absent operands apart that are written in one dispatch.
   */
  bind(
    tensors: readonly (TensorId | undefined)[],
    access: "read" | "write",
    slot: number,
  ): { resource: GPUBufferBinding; offsets: readonly number[] } {
    const places = tensors.map((id) => (id === undefined ? undefined : this.#place(id)));
    const given = places.filter((place) => place !== undefined);
    if (given.length === 0) {
      const [read, write] = this.#absent;
      const resource =
        access === "read"
          ? { buffer: read, offset: 0, size: 256 }
          : { buffer: write, offset: 256 * slot, size: 256 };
      return { resource, offsets: tensors.map(() => 0) };
    }
    const start = Math.floor(Math.min(...given.map(({ offset }) => offset)) / 64) * 64;
    const end = Math.max(...given.map(({ offset, length }) => offset + length));
    const size = 16 * Math.ceil((end - start) / 4);
    return {
      resource: { buffer: this.#buffers[given[0]!.buffer]!, offset: 4 * start, size },
      offsets: places.map((place) => (place ? place.offset - start : 0)),
    };
  }

  /** The uniform slot of a call, and the words to fill in. */
  args(call: number): { resource: GPUBufferBinding; words: DataView } {
    const offset = argBytes * call;
    return {
      resource: { buffer: this.#args, offset, size: argBytes },
      words: new DataView(this.#argWords, offset, argBytes),
    };
  }

  /** Sends the calls' arguments. */
  flush(): void {
    this.#gpu.device.queue.writeBuffer(this.#args, 0, this.#argWords);
  }

  /** Copies of tensors as they are after the commands of `encoder`, which is submitted. */
  async readBack(tensors: readonly TensorId[], encoder: GPUCommandEncoder): Promise<Float32Array[]> {
    const places = tensors.map((id) => this.#place(id));
    const total = places.reduce((sum, { length }) => sum + 4 * length, 0);
    const staging = this.#takeStaging(total);
    let at = 0;
    for (const { buffer, offset, length } of places) {
      encoder.copyBufferToBuffer(this.#buffers[buffer]!, 4 * offset, staging, at, 4 * length);
      at += 4 * length;
    }
    this.#gpu.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(mapForReading, 0, total);
    const all = new Float32Array(staging.getMappedRange(0, total));
    let first = 0;
    const values = places.map(({ length }) => {
      first += length;
      return all.slice(first - length, first);
    });
    staging.unmap();
    this.#free.push(staging);
    return values;
  }

  dispose(): void {
    this.#gpu.release(this.#all());
  }

  #all(): GPUBuffer[] {
    return [...this.#buffers, ...[this.#args, this.#table, this.#metrics], ...this.#absent, ...this.#staging];
  }

  #named(name: FixedBuffer): GPUBuffer {
    return this.#buffers[this.#placement.buffers.findIndex((buffer) => buffer.name === name)]!;
  }

  /** A buffer to read from that no copy is under way to. */
  #takeStaging(bytes: number): GPUBuffer {
    const at = this.#free.findIndex(({ size }) => size >= bytes);
    const [known] = at < 0 ? [] : this.#free.splice(at, 1);
    if (known !== undefined) return known;
    const made = this.#gpu.buffer("read back", bytes, bufferUsage.mapRead | bufferUsage.copyTarget);
    this.#staging.push(made);
    return made;
  }

  #place(tensor: TensorId): Place {
    const place = this.#placement.places[tensor];
    if (place === undefined) throw new RangeError(`tensor ${tensor} has no place`);
    return place;
  }
}
