import type { TensorId } from "../../../plan/call.ts";
import type { KernelCall } from "../../../plan/calls.ts";
import type { BufferName, Plan } from "../../../plan/plan.ts";
import { ExecutorError } from "../../executor.ts";
import { type Fields, type KernelName, kernelNumber, recordLayouts, recordWords } from "../records.ts";
import type { FieldType } from "../table-layouts.ts";

/**
 * A byte address before the session's memory is there: region · 2⁴⁰ + offset. Adding bytes to a pointer gives a
 * pointer; 0 is null. `encode` turns pointers into addresses.
 */
export type Pointer = number;

const regionSize = 2 ** 40;
const regions = ["buffers", "tables", "records", "scratch"] as const;
type Region = (typeof regions)[number];

/** Cache lines: no two buffers share one. */
const alignment = 64;
export const align = (bytes: number) => Math.ceil(bytes / alignment) * alignment;
const recordBytes = 4 * recordWords;
/** Kernels read whole vectors: up to this many bytes past the last tensor. */
const slack = 256;

/** What one record is and the call it belongs to; for profiles and messages. */
export interface RecordInfo {
  readonly kernel: KernelName;
  readonly call: KernelCall | undefined;
}

interface PendingRecord extends RecordInfo {
  readonly fields: Readonly<Record<string, number>>;
}

/** Records that are run one after the other. */
export interface RecordList {
  /** Position of the first among all records of the program. */
  readonly first: number;
  readonly records: readonly RecordInfo[];
}

/**
 * The memory of one session, described: the plan's buffers, tables, records, scratch. Nothing is allocated here, so its
 * size is known before anything is.
 */
export class Program {
  /** Threads that the scratch is made for; results do not depend on it. */
  readonly threads: number;
  /** The plan's buffers, in bytes from the start of the session's memory; they come first. */
  readonly buffers: readonly { readonly name: BufferName; readonly start: number; readonly bytes: number }[];
  readonly #bufferBytes: number;
  readonly #tensors: readonly Pointer[];
  readonly #records: PendingRecord[] = [];
  readonly #tables: number[] = [];
  readonly #tablePlaces = new Map<string, Pointer>();
  #call: KernelCall | undefined;
  #scratchUsed = 0;
  #scratchBytes = 0;

  constructor(plan: Pick<Plan, "tensors" | "buffers">, threads: number) {
    this.threads = threads;
    let end = 0;
    this.buffers = plan.buffers.map(({ name, length }) => {
      const start = end;
      end += align(4 * length);
      return { name, start, bytes: 4 * length };
    });
    this.#bufferBytes = end;
    const starts = new Map(this.buffers.map(({ name, start }) => [name, start]));
    this.#tensors = plan.tensors.map(({ name, buffer, offset }) => {
      const start = starts.get(buffer);
      if (start === undefined) throw new ExecutorError("misuse", `tensor ${name}: no buffer ${buffer}`);
      return pointer("buffers", start + 4 * offset);
    });
  }

  at(tensor: TensorId): Pointer {
    const found = this.#tensors[tensor];
    if (found === undefined) throw new ExecutorError("misuse", `this plan has no tensor ${tensor}`);
    return found;
  }

  /** Null for an operand that is not there. */
  atOptional(tensor: TensorId | undefined): Pointer {
    return tensor === undefined ? 0 : this.at(tensor);
  }

  /** Constant words (numbers or pointers); the same key gives the same table. */
  table(key: string, words: () => readonly number[]): Pointer {
    const known = this.#tablePlaces.get(key);
    if (known !== undefined) return known;
    const place = pointer("tables", 4 * this.#tables.length);
    // Not push(...words): a table may be longer than an argument list.
    for (const word of words()) this.#tables.push(word);
    while ((4 * this.#tables.length) % alignment !== 0) this.#tables.push(0);
    this.#tablePlaces.set(key, place);
    return place;
  }

  /** Memory until the end of the call; the next call uses the same bytes. */
  scratch(bytes: number): Pointer {
    const place = pointer("scratch", this.#scratchUsed);
    this.#scratchUsed += align(bytes);
    this.#scratchBytes = Math.max(this.#scratchBytes, this.#scratchUsed);
    return place;
  }

  /** Scratch of each thread, as the two fields of a record. */
  threadScratch(bytes: number): { readonly scratch: Pointer; readonly scratchBytes: number } {
    return { scratch: this.scratch(align(bytes) * this.threads), scratchBytes: align(bytes) };
  }

  emit<K extends KernelName>(kernel: K, fields: Fields<K>): void {
    this.#records.push({ kernel, fields, call: this.#call });
  }

  /** Appends the records of some calls, as one list. */
  list(calls: readonly KernelCall[], lower: (program: Program, call: KernelCall) => void): RecordList {
    const first = this.#records.length;
    for (const call of calls) {
      this.#call = call;
      this.#scratchUsed = 0;
      lower(this, call);
    }
    return { first, records: this.#records.slice(first) };
  }

  /** Bytes of the session's memory. */
  get bytes(): number {
    return align(this.#starts().scratch + this.#scratchBytes) + slack;
  }

  /** Bytes from the start of the session's memory, once the program is complete. */
  offsetOf(place: Pointer): number {
    return this.#address(place, 0);
  }

  offsetOfRecord(position: number): number {
    return this.#starts().records + recordBytes * position;
  }

  /** Writes tables and records into memory that begins at `base`. */
  encode(memory: ArrayBufferLike, base: number): void {
    const starts = this.#starts();
    const tables = new Int32Array(memory, base + starts.tables, this.#tables.length);
    this.#tables.forEach((word, i) => {
      tables[i] = word < regionSize ? word : this.#address(word, base);
    });
    const view = new DataView(memory, base + starts.records, recordBytes * this.#records.length);
    this.#records.forEach(({ kernel, fields }, i) => {
      const at = recordBytes * i;
      view.setInt32(at, kernelNumber(kernel), true);
      Object.entries<FieldType>(recordLayouts[kernel]).forEach(([field, type], word) => {
        const value = fields[field] ?? 0;
        const place = at + 4 * (word + 1);
        if (type === "f32") view.setFloat32(place, value, true);
        else view.setInt32(place, type === "ptr" ? this.#address(value, base) : value, true);
      });
    });
  }

  #address(place: Pointer, base: number): number {
    if (place === 0) return 0;
    const region = regions[Math.floor(place / regionSize) - 1] as Region;
    return base + this.#starts()[region] + (place % regionSize);
  }

  #starts(): Record<Region, number> {
    const tables = align(this.#bufferBytes);
    const records = tables + align(4 * this.#tables.length);
    const scratch = records + align(recordBytes * this.#records.length);
    return { buffers: 0, tables, records, scratch };
  }
}

function pointer(region: Region, offset: number): Pointer {
  return (regions.indexOf(region) + 1) * regionSize + offset;
}
