import type { TensorId } from "../../plan/call.ts";
import type { KernelCall } from "../../plan/calls.ts";
import type { BufferName, Plan } from "../../plan/plan.ts";
import type { Kernel, KernelArgs } from "./kernel.ts";
import type { Tiles } from "./tiles.ts";

/** A tensor of the plan, or one that lowering adds: partial sums, tables. */
export interface ProgramTensor {
  readonly name: string;
  /** Words of four bytes: float32 elements, or pairs of float16. */
  readonly length: number;
  /** Place in a buffer whose layout is the plan's; none where placement is free. */
  readonly fixed?: { readonly buffer: FixedBuffer; readonly offset: number };
  /** Outlives a step. */
  readonly persistent: boolean;
}

/** Buffers laid out as the plan says: the update walks them whole, or the host writes them in one piece. */
export type FixedBuffer = Exclude<BufferName, "activations">;

/** Resident data, bound when a batch names its image set. */
export type ResidentBuffer = "bytes" | "own" | "tables";

export type Operand = TensorId | { readonly resident: ResidentBuffer };

export interface BoundOperands {
  readonly access: "read" | "write";
  /** As the kernel's binding names them, and what else it reaches through a table. Undefined where one is absent. */
  readonly operands: readonly (Operand | undefined)[];
}

/** One kernel over one grid. */
export interface Dispatch {
  readonly kernel: Kernel;
  /** The call it belongs to. */
  readonly call: KernelCall;
  /** In the order of kernel.args. */
  readonly args: readonly number[];
  /** In the order of kernel.bindings. */
  readonly bound: readonly BoundOperands[];
  readonly workgroups: number;
}

/** Words of a table, from where the tensors of a binding lie in it. */
export type MakeAddressTable = (offsetsOf: (ids: readonly TensorId[]) => readonly number[]) => Uint32Array;

/** A filter gradient in chunks: sums[chunk][i], to be added up in out[i]. */
export interface PendingJoin {
  readonly sums: TensorId;
  readonly out: TensorId;
  readonly chunks: number;
}

export type JoinAll = (program: Program, call: KernelCall, joins: readonly PendingJoin[]) => void;

/** A plan's calls as dispatches over tensors that have no place yet; placement.ts gives them one. */
export class Program {
  readonly plan: Plan;
  readonly tiles: Tiles;
  readonly tensors: ProgramTensor[];
  /** Constant tables and their values. */
  readonly constants = new Map<TensorId, Float32Array>();
  /** Maps that are stored as float16. */
  readonly halves = new Set<TensorId>();
  /** Tables of words that say where tensors lie, made when they have their places. */
  readonly addressTables = new Map<TensorId, MakeAddressTable>();
  /**
   * Words behind the plan's host buffer. A step's images, numbered in their set; then how many there are, the byte of the
   * set's first label, height and width of the set's images, and, 1 added to it, the first byte of the step's own pixels (0:
   * there are none).
   */
  readonly indices: TensorId;
  readonly batchWords: TensorId;
  #dispatches: Dispatch[] = [];
  /** Sums of filter gradients' chunks that are still to be made. */
  #pendingJoins: PendingJoin[] = [];
  /** Gradients through a norm that were stored for two readers, by what they were made from. */
  #stored = new Map<string, TensorId>();

  readonly #join: JoinAll;

  /** @param join lowers the joining of chunks. */
  constructor(plan: Plan, tiles: Tiles, join: JoinAll) {
    this.#join = join;
    this.plan = plan;
    this.tiles = tiles;
    const { images, targets, logits, metrics, outputs } = plan.kept;
    const kept = new Set([images, targets, logits, metrics, ...Object.values(outputs)]);
    this.tensors = plan.tensors.map(({ name, buffer, offset, length }, id) => {
      const fixed = fixedBuffer(plan, buffer);
      if (fixed !== undefined) return { name, length, fixed: { buffer: fixed, offset }, persistent: true };
      return { name, length, persistent: kept.has(id) || buffer === "state" };
    });
    let host = plan.buffers.find(({ name }) => name === "host")?.length ?? 0;
    const word = (name: string, length: number) => {
      const offset = host;
      host += length;
      return this.#add({ name, length, fixed: { buffer: "host", offset }, persistent: true });
    };
    this.indices = word("indices", plan.batch);
    this.batchWords = word("batch words", 5);
  }

  /** Lowers a list of calls. */
  list(calls: readonly KernelCall[], lower: (program: Program, call: KernelCall) => void): Dispatch[] {
    this.#dispatches = [];
    this.#stored = new Map();
    for (const call of calls) lower(this, call);
    const last = calls.at(-1);
    if (last !== undefined) this.joinPending(last);
    return this.#dispatches;
  }

  /** Leaves the joining of a filter gradient's chunks to the one dispatch that does it for all layers. */
  joinLater(join: PendingJoin): void {
    this.#pendingJoins.push(join);
  }

  /** Joins the chunks of all filter gradients so far: before the first call that reads them. */
  joinPending(call: KernelCall): void {
    const joins = this.#pendingJoins;
    this.#pendingJoins = [];
    if (joins.length > 0) this.#join(this, call, joins);
  }

  addressTable(name: string, length: number, make: MakeAddressTable): TensorId {
    const id = this.#add({ name, length, persistent: true });
    this.addressTables.set(id, make);
    return id;
  }

  /** A tensor within a step. */
  scratch(name: string, length: number): TensorId {
    return this.#add({ name, length, persistent: false });
  }

  constant(name: string, values: Float32Array): TensorId {
    for (const [id, known] of this.constants)
      if (this.tensors[id]?.name === name && known.length === values.length) return id;
    const id = this.#add({ name, length: values.length, persistent: true });
    this.constants.set(id, values);
    return id;
  }

  /** Remembers what `make` stores under a key for the rest of the list. */
  storedOnce(key: string, make: () => TensorId): TensorId {
    const known = this.#stored.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#stored.set(key, made);
    return made;
  }

  /** Of a map whose dispatches are made: it takes half the room from now on. */
  storeAsHalves(id: TensorId): void {
    const tensor = this.tensors[id]!;
    this.tensors[id] = { ...tensor, length: Math.ceil(tensor.length / 2) };
    this.halves.add(id);
  }

  lengthOf(id: TensorId): number {
    const tensor = this.tensors[id];
    if (tensor === undefined) throw new RangeError(`no tensor ${id}`);
    return tensor.length;
  }

  /** Whether two tensors cannot be told apart by buffer, so that no dispatch may read one and write the other. */
  sameFixedBuffer(a: TensorId, b: TensorId): boolean {
    const buffer = this.tensors[a]?.fixed?.buffer;
    return buffer !== undefined && buffer === this.tensors[b]?.fixed?.buffer;
  }

  dispatch<Args extends KernelArgs>(
    call: KernelCall,
    kernel: Kernel<Args>,
    args: { readonly [Name in keyof Args]: number },
    operands: Readonly<Record<string, Operand | undefined>>,
    workgroups: number,
    reached: Readonly<Record<string, readonly TensorId[]>> = {},
  ): void {
    const known = new Set(kernel.bindings.flatMap(({ tensors }) => tensors));
    for (const name of Object.keys(operands))
      if (!known.has(name)) throw new RangeError(`${kernel.name} has no operand ${name}`);
    this.#dispatches.push({
      kernel: kernel as unknown as Kernel,
      call,
      args: Object.keys(kernel.args).map((name) => args[name] ?? 0),
      bound: kernel.bindings.map(({ name, access, tensors }) => ({
        access,
        operands: [...tensors.map((tensor) => operands[tensor]), ...(reached[name] ?? [])],
      })),
      workgroups,
    });
  }

  #add(tensor: ProgramTensor): TensorId {
    return this.tensors.push(tensor) - 1;
  }
}

/** Averages are made of the whole of the statistics at once: where there are some, those lie as the plan says, too. */
function fixedBuffer(plan: Plan, buffer: BufferName): FixedBuffer | undefined {
  if (buffer === "activations" || (buffer === "state" && plan.evaluateAverages === undefined))
    return undefined;
  return buffer;
}

/** Elements, in steps of the 256 bytes at which a binding may begin. */
export function align(length: number): number {
  return Math.ceil(length / 64) * 64;
}
