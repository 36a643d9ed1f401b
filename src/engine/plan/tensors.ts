import type { TensorId } from "./call.ts";
import type { BufferName } from "./plan.ts";

/** Elements: 64 bytes, a cache line. */
const alignment = 16;

export function align(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

/** A tensor that has a size but, unless it is kept, no place yet. */
export interface DraftTensor {
  readonly name: string;
  readonly buffer: BufferName;
  /** float32 elements. */
  readonly length: number;
  /** Place in the buffer; undefined for temporaries, which share places by their life times. */
  readonly offset?: number;
}

/** Tensors of a plan in the making, and which tensor holds each named thing. */
export class TensorTable {
  readonly drafts: DraftTensor[] = [];
  readonly #named = new Map<string, TensorId>();
  readonly #filled = new Map<BufferName, number>();

  /** A value within a step. */
  temporary(name: string, length: number): TensorId {
    return this.drafts.push({ name, buffer: "activations", length }) - 1;
  }

  /**
   * A tensor with a place of its own, laid out behind the ones before it; the same name gives the same tensor. In the
   * activations buffer: one that can be read after a step and is shared by training and evaluation.
   */
  kept(buffer: BufferName, name: string, length: number): TensorId {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const offset = this.filled(buffer);
    this.#filled.set(buffer, offset + align(length));
    const id = this.drafts.push({ name, buffer, length, offset }) - 1;
    this.#named.set(name, id);
    return id;
  }

  /** Part of a buffer as one tensor, over the kept tensors in it. */
  span(buffer: BufferName, name: string, offset: number, length: number): TensorId {
    this.#filled.set(buffer, Math.max(offset + length, this.filled(buffer)));
    return this.drafts.push({ name, buffer, length, offset }) - 1;
  }

  /** Place of a kept tensor in its buffer. */
  offsetOf(tensor: TensorId): number {
    const offset = this.drafts[tensor]?.offset;
    if (offset === undefined) throw new RangeError(`tensor ${tensor} has no place of its own`);
    return offset;
  }

  /** Elements taken by the kept tensors of a buffer. */
  filled(buffer: BufferName): number {
    return this.#filled.get(buffer) ?? 0;
  }
}
