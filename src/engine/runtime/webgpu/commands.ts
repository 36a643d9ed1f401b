import { costsOf, cutsOf } from "./cuts.ts";
import type { Gpu } from "./device.ts";
import type { WebGpuImages } from "./images.ts";
import { elementsPerWord } from "./kernel.ts";
import type { Memory } from "./memory.ts";
import type { Pipelines } from "./pipelines.ts";
import type { BoundOperands, Dispatch, Program, ResidentBuffer } from "./program.ts";

/** Most workgroups of a grid along one side; longer grids get a second. */
const side = 32_768;

/** A list of dispatches with everything made beforehand: to replay it only sets pipelines and bind groups. */
export class Commands {
  readonly #gpu: Gpu;
  readonly #memory: Memory;
  readonly #pipelines: readonly GPUComputePipeline[];
  readonly #groups: (GPUBindGroup | undefined)[];
  readonly #grids: Uint32Array;
  /** Of each dispatch: where the list is cut. */
  readonly #costs: Float64Array;
  /** Dispatches that read an image set: bound when a batch names one. */
  readonly #resident: readonly {
    readonly at: number;
    readonly bind: (images: WebGpuImages) => GPUBindGroup;
  }[];
  readonly #bound = new WeakMap<WebGpuImages, { readonly own: GPUBuffer; readonly groups: GPUBindGroup[] }>();

  /** @param firstSlot where the list's arguments begin. */
  static async of(
    gpu: Gpu,
    pipelines: Pipelines,
    memory: Memory,
    program: Program,
    list: readonly Dispatch[],
    firstSlot: number,
  ): Promise<Commands> {
    // All at once: the browser compiles in parallel.
    const made = await Promise.all(list.map(({ kernel }) => pipelines.get(kernel)));
    return new Commands(gpu, pipelines, memory, list, made, costsOf(list, program), firstSlot);
  }

  private constructor(
    gpu: Gpu,
    pipelines: Pipelines,
    memory: Memory,
    list: readonly Dispatch[],
    made: readonly GPUComputePipeline[],
    costs: Float64Array,
    firstSlot: number,
  ) {
    this.#gpu = gpu;
    this.#memory = memory;
    this.#pipelines = made;
    this.#costs = costs;
    this.#grids = new Uint32Array(2 * list.length);
    const resident: { at: number; bind: (images: WebGpuImages) => GPUBindGroup }[] = [];
    this.#groups = list.map((dispatch, at) => {
      const { workgroups } = dispatch;
      this.#grids[2 * at] = Math.min(workgroups, side);
      this.#grids[2 * at + 1] = Math.ceil(workgroups / side);
      const bind = this.#prepare(dispatch, firstSlot + at, pipelines.layout(dispatch.kernel.bindings));
      if (!dispatch.bound.some(({ operands }) => operands.some(isResident))) return bind();
      resident.push({ at, bind });
      return undefined;
    });
    this.#resident = resident;
  }

  get count(): number {
    return this.#pipelines.length;
  }

  /** Lets the list's input op read this image set from now on. */
  bindResident(images: WebGpuImages): void {
    let bound = this.#bound.get(images);
    if (bound?.own !== images.own) {
      bound = { own: images.own, groups: this.#resident.map(({ bind }) => bind(images)) };
      this.#bound.set(images, bound);
    }
    bound.groups.forEach((group, i) => {
      this.#groups[this.#resident[i]!.at] = group;
    });
  }

  /**
   * Records the list from dispatch `from` on, in one pass. Cut into several submits of near equal cost, all but the last
   * are sent.
   * @returns the encoder of the last one, for what follows.
   */
  encode(encoder: GPUCommandEncoder, from: number, submits: number): GPUCommandEncoder {
    const { device } = this.#gpu;
    const ends = submits > 1 ? cutsOf(this.#costs, from, submits) : [this.count];
    let start = from;
    for (const end of ends) {
      const pass = encoder.beginComputePass();
      this.#record(pass, start, end);
      pass.end();
      if (end === this.count) break;
      device.queue.submit([encoder.finish()]);
      encoder = device.createCommandEncoder();
      start = end;
    }
    return encoder;
  }

  /** Records one dispatch so many times. */
  repeat(pass: GPUComputePassEncoder, at: number, times: number): void {
    pass.setPipeline(this.#pipelines[at]!);
    pass.setBindGroup(0, this.#groups[at]!);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(this.#grids[2 * at]!, this.#grids[2 * at + 1]!);
  }

  #record(pass: GPUComputePassEncoder, from: number, end: number): void {
    let current: GPUComputePipeline | undefined;
    for (let i = from; i < end; i++) {
      const pipeline = this.#pipelines[i]!;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, this.#groups[i]!);
      pass.dispatchWorkgroups(this.#grids[2 * i]!, this.#grids[2 * i + 1]!);
    }
  }

  /** Writes a call's arguments; what it gives makes the bind group. */
  #prepare(
    dispatch: Dispatch,
    slot: number,
    layout: GPUBindGroupLayout,
  ): (images?: WebGpuImages) => GPUBindGroup {
    const args = this.#memory.args(slot);
    const { kernel, bound } = dispatch;
    const types = Object.values(kernel.args);
    let word = 0;
    dispatch.args.forEach((value, i) => {
      if (types[i] === "f32") args.words.setFloat32(4 * word++, value, true);
      else args.words.setUint32(4 * word++, value, true);
    });
    const resources = bound.map((binding, i) => {
      const name = residentOf(binding);
      if (name !== undefined) {
        word++;
        return name;
      }
      const tensors = binding.operands.map((operand) => (typeof operand === "number" ? operand : undefined));
      const { resource, offsets } = this.#memory.bind(tensors, binding.access, i);
      const own = kernel.bindings[i]!;
      for (const offset of offsets.slice(0, own.tensors.length))
        args.words.setUint32(4 * word++, offset * elementsPerWord(own), true);
      return resource;
    });
    return (images) =>
      this.#gpu.device.createBindGroup({
        label: kernel.name,
        layout,
        entries: [
          { binding: 0, resource: args.resource },
          ...resources.map((resource, i) => ({
            binding: i + 1,
            resource: typeof resource === "string" ? { buffer: images![resource] } : resource,
          })),
        ],
      });
  }
}

function isResident(operand: BoundOperands["operands"][number]): operand is { resident: ResidentBuffer } {
  return typeof operand === "object";
}

function residentOf({ operands }: BoundOperands): ResidentBuffer | undefined {
  const [operand] = operands;
  return isResident(operand) ? operand.resident : undefined;
}
