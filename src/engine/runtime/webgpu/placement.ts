import type { TensorId } from "../../plan/call.ts";
import { type Interval, placeIntervals } from "../../plan/memory.ts";
import { align, type Dispatch, type FixedBuffer, type Program, type ProgramTensor } from "./program.ts";

/** Where a tensor lives: an element of one of the buffers. */
export interface Place {
  /** Index into Placement.buffers. */
  readonly buffer: number;
  readonly offset: number;
  readonly length: number;
}

export interface Placement {
  /** float32 elements of every buffer. */
  readonly buffers: readonly { readonly name: string; readonly length: number }[];
  /** By tensor id; undefined for tensors that no dispatch uses. */
  readonly places: readonly (Place | undefined)[];
}

/** Elements. Smaller temporaries lie side by side: sharing their memory would save next to nothing. */
const shared = 4096;

/**
 * Gives every tensor a place. A WebGPU dispatch may not use one buffer both for reading and for writing, not even in
 * ranges apart (gpuweb, "Resource Usages": the usage scope of a dispatch counts whole buffers). So tensors are coloured,
 * a colour is a buffer, and in no dispatch do a written binding and another binding have the same colour. Tensors that
 * one binding holds have one colour. Within a colour, temporaries share memory by their life times.
 */
export function placeTensors(program: Program, lists: readonly (readonly Dispatch[])[]): Placement {
  const { tensors } = program;
  const groups = new Groups(tensors);
  const bindings = lists.flatMap((list) =>
    list.map((dispatch) => ({ dispatch, bound: boundTensors(dispatch) })),
  );
  for (const { bound } of bindings) for (const { ids } of bound) groups.join(ids);
  const conflicts = new Map<number, Set<number>>();
  for (const { dispatch, bound } of bindings)
    bound.forEach((one, i) => {
      for (const other of bound.slice(i + 1)) {
        if (one.access === "read" && other.access === "read") continue;
        const [a, b] = [groups.of(one.ids[0]!), groups.of(other.ids[0]!)];
        if (a === b)
          throw new RangeError(`${dispatch.call.label} ${dispatch.kernel.name}: reads and writes one buffer`);
        edge(conflicts, a, b);
        edge(conflicts, b, a);
      }
    });

  const buffers: { name: string; length: number }[] = fixedNames.map((name) => ({
    name,
    length: fixedLength(tensors, name),
  }));
  const colours = new Map<number, number>();
  fixedNames.forEach((name, colour) => {
    const group = groups.fixed(name);
    if (group !== undefined) colours.set(group, colour);
  });
  // In the order of their first use; those that persist first.
  for (const id of order(program, lists)) {
    const group = groups.of(id);
    if (colours.has(group)) continue;
    const taken = new Set([...(conflicts.get(group) ?? [])].map((other) => colours.get(other)));
    let colour = fixedNames.length;
    while (taken.has(colour)) colour++;
    colours.set(group, colour);
    if (colour === buffers.length) buffers.push({ name: `colour ${colour - fixedNames.length}`, length: 0 });
  }

  const places: (Place | undefined)[] = tensors.map(() => undefined);
  tensors.forEach((tensor, id) => {
    if (tensor.fixed) {
      const { buffer, offset } = tensor.fixed;
      places[id] = { buffer: fixedNames.indexOf(buffer), offset, length: tensor.length };
      return;
    }
    if (!tensor.persistent) return;
    // A running statistic or a kept tensor that no call touches still has to be readable.
    const buffer = colours.get(groups.of(id)) ?? fixedNames.length;
    if (buffer === buffers.length) buffers.push({ name: "colour 0", length: 0 });
    const target = buffers[buffer]!;
    places[id] = { buffer, offset: target.length, length: tensor.length };
    target.length += Math.max(64, align(tensor.length));
  });
  const bases = buffers.map(({ length }) => length);
  for (const list of lists)
    placeTemporaries(tensors, list, bases, buffers, places, (id) => colours.get(groups.of(id))!);
  return { buffers, places };
}

const fixedNames: readonly FixedBuffer[] = [
  "parameters",
  "gradients",
  "velocity",
  "averages",
  "state",
  "host",
];

function fixedLength(tensors: readonly ProgramTensor[], name: FixedBuffer): number {
  return tensors.reduce(
    (length, { fixed, length: own }) =>
      fixed?.buffer === name ? Math.max(length, align(fixed.offset + own)) : length,
    0,
  );
}

function placeTemporaries(
  tensors: readonly ProgramTensor[],
  list: readonly Dispatch[],
  bases: readonly number[],
  buffers: { length: number }[],
  places: (Place | undefined)[],
  colourOf: (id: TensorId) => number,
): void {
  const intervals = new Map<TensorId, Interval>();
  list.forEach((dispatch, at) => {
    for (const { ids } of boundTensors(dispatch))
      for (const id of ids) {
        const tensor = tensors[id]!;
        if (tensor.persistent) continue;
        const known = intervals.get(id);
        if (known) known.last = at;
        else intervals.set(id, { id, length: Math.max(64, align(tensor.length)), first: at, last: at });
      }
  });
  buffers.forEach((buffer, colour) => {
    const mine = [...intervals.values()].filter(({ id }) => colourOf(id) === colour);
    let start = bases[colour]!;
    for (const { id, length } of mine) {
      if (length >= shared) continue;
      places[id] = { buffer: colour, offset: start, length: tensors[id]!.length };
      start += length;
    }
    const placed = placeIntervals(mine.filter(({ length }) => length >= shared));
    for (const [id, offset] of placed.offsets)
      places[id] = { buffer: colour, offset: start + offset, length: tensors[id]!.length };
    buffer.length = Math.max(buffer.length, start + placed.length);
  });
}

interface BoundTensors {
  readonly access: "read" | "write";
  readonly ids: readonly TensorId[];
}

/** The bindings of a dispatch that hold tensors of the program. */
function boundTensors({ bound }: Dispatch): BoundTensors[] {
  return bound.flatMap(({ access, operands }) => {
    const ids = operands.filter((operand) => typeof operand === "number");
    return ids.length > 0 ? [{ access, ids }] : [];
  });
}

function order({ tensors }: Program, lists: readonly (readonly Dispatch[])[]): TensorId[] {
  const used = lists.flatMap((list) =>
    list.flatMap((dispatch) => boundTensors(dispatch).flatMap(({ ids }) => ids)),
  );
  const distinct = [...new Set(used)];
  const persistent = (id: TensorId) => tensors[id]?.persistent === true;
  return [...distinct.filter(persistent), ...distinct.filter((id) => !persistent(id))];
}

function edge(edges: Map<number, Set<number>>, from: number, to: number): void {
  const known = edges.get(from);
  if (known) known.add(to);
  else edges.set(from, new Set([to]));
}

/** Tensors that must share a buffer, as a forest (union–find). Fixed buffers are members of their own groups. */
class Groups {
  readonly #parents: number[];
  readonly #fixed = new Map<FixedBuffer, number>();

  constructor(tensors: readonly ProgramTensor[]) {
    this.#parents = tensors.map((_, id) => id);
    tensors.forEach(({ fixed }, id) => {
      if (fixed === undefined) return;
      const first = this.#fixed.get(fixed.buffer);
      if (first === undefined) this.#fixed.set(fixed.buffer, id);
      else this.#parents[id] = first;
    });
  }

  of(id: TensorId): number {
    let root = id;
    while (this.#parents[root] !== root) root = this.#parents[root]!;
    this.#parents[id] = root;
    return root;
  }

  fixed(buffer: FixedBuffer): number | undefined {
    const first = this.#fixed.get(buffer);
    return first === undefined ? undefined : this.of(first);
  }

  join([first, ...others]: readonly TensorId[]): void {
    for (const other of others) this.#parents[this.of(other)] = this.of(first!);
    const roots = [...this.#fixed.values()].map((id) => this.of(id));
    if (new Set(roots).size !== roots.length)
      throw new RangeError("one binding holds tensors of two buffers");
  }
}
