import type { TensorId } from "./call.ts";
import { type KernelCall, readsOf, writesOf } from "./calls.ts";
import type { BufferName, PlannedBuffer, PlannedTensor } from "./plan.ts";
import { align, type DraftTensor, type TensorTable } from "./tensors.ts";

const buffers: readonly BufferName[] = [
  "parameters",
  "gradients",
  "velocity",
  "averages",
  "state",
  "host",
  "activations",
];

export interface Placement {
  readonly tensors: readonly PlannedTensor[];
  readonly buffers: readonly PlannedBuffer[];
}

/** A tensor and the calls of its life. */
export interface Interval {
  readonly id: TensorId;
  readonly length: number;
  /** First and last call that touches it; both included, so operands of one call never share memory. */
  readonly first: number;
  last: number;
}

/**
 * Elements. Smaller temporaries (the vectors of a norm) are laid out side by side: sharing their memory would save next
 * to nothing, and planning it is most of the work, since it grows with the square of their number.
 */
const shared = 4096;

/**
 * Gives every temporary its place: those of one program share the activations buffer, behind its kept tensors, by
 * their life times (greedy, largest first: the classic offset assignment for static memory planning).
 */
export function placeTensors(table: TensorTable, programs: readonly (readonly KernelCall[])[]): Placement {
  const base = table.filled("activations");
  const offsets = table.drafts.map((draft) => draft.offset ?? base);
  let peak = base;
  for (const program of programs) {
    const intervals = lifetimes(table.drafts, program);
    let start = base;
    for (const { id, length } of intervals.filter((interval) => interval.length < shared)) {
      offsets[id] = start;
      start += align(length);
    }
    const places = placeIntervals(intervals.filter((interval) => interval.length >= shared));
    for (const [id, place] of places.offsets) offsets[id] = start + place;
    peak = Math.max(peak, start + places.length);
  }
  return {
    tensors: table.drafts.map(({ name, buffer, length }, id) => ({
      name,
      buffer,
      length,
      offset: offsets[id] ?? 0,
    })),
    buffers: buffers.map((name) => ({ name, length: name === "activations" ? peak : table.filled(name) })),
  };
}

function lifetimes(drafts: readonly DraftTensor[], program: readonly KernelCall[]): Interval[] {
  const intervals = new Map<TensorId, Interval>();
  program.forEach((call, at) => {
    for (const id of [...writesOf(call), ...readsOf(call)]) {
      const draft = drafts[id];
      if (draft === undefined) throw new RangeError(`${call.label} ${call.op}: no tensor ${id}`);
      if (draft.offset !== undefined) continue;
      const interval = intervals.get(id);
      if (interval) interval.last = at;
      else intervals.set(id, { id, length: draft.length, first: at, last: at });
    }
  });
  return [...intervals.values()];
}

/** Offsets such that intervals that overlap in time do not overlap in memory. */
export function placeIntervals(intervals: readonly Interval[]): {
  offsets: Map<TensorId, number>;
  length: number;
} {
  const offsets = new Map<TensorId, number>();
  /** In the order of their offsets. */
  const placed: (Interval & { readonly offset: number })[] = [];
  let length = 0;
  const largestFirst = [...intervals].sort((a, b) => b.length - a.length || a.first - b.first);
  for (const interval of largestFirst) {
    let offset = 0;
    for (const other of placed) {
      if (other.last < interval.first || other.first > interval.last) continue;
      if (offset + interval.length <= other.offset) break;
      offset = Math.max(offset, align(other.offset + other.length));
    }
    offsets.set(interval.id, offset);
    const at = placed.findIndex((other) => other.offset > offset);
    placed.splice(at < 0 ? placed.length : at, 0, { ...interval, offset });
    length = Math.max(length, align(offset + interval.length));
  }
  return { offsets, length };
}
