import { ExecutorError } from "../executor.ts";
import type { Gpu } from "./device.ts";
import { computeStage } from "./flags.ts";
import type { Kernel, KernelBinding } from "./kernel.ts";

/** Pipelines by kernel, each compiled once for all networks. */
export class Pipelines {
  readonly #gpu: Gpu;
  readonly #made = new Map<string, Promise<GPUComputePipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** Distinct pipelines so far. */
  get count(): number {
    return this.#made.size;
  }

  get(kernel: Kernel): Promise<GPUComputePipeline> {
    const known = this.#made.get(kernel.name);
    if (known !== undefined) return known;
    const made = this.#compile(kernel);
    this.#made.set(kernel.name, made);
    return made;
  }

  async #compile({ name, code, bindings }: Kernel): Promise<GPUComputePipeline> {
    const { device } = this.#gpu;
    const module = device.createShaderModule({ label: name, code });
    const layout = device.createPipelineLayout({ bindGroupLayouts: [this.layout(bindings)] });
    try {
      return await device.createComputePipelineAsync({ label: name, layout, compute: { module } });
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const first = messages.find(({ type }) => type === "error");
      const reason = first ? `line ${first.lineNum}: ${first.message}` : String(error);
      throw new ExecutorError("unsupported", `the GPU does not take the kernel ${name}: ${reason}`, {
        cause: error,
      });
    }
  }

  /** Binding 0 is the uniform slot of the call, then the kernel's own in order. */
  layout(bindings: readonly KernelBinding[]): GPUBindGroupLayout {
    const key = bindings.map(({ access }) => access[0]).join("");
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const entries: GPUBindGroupLayoutEntry[] = bindings.map(({ access }, i) => ({
      binding: i + 1,
      visibility: computeStage,
      buffer: { type: access === "read" ? "read-only-storage" : "storage" },
    }));
    const layout = this.#gpu.device.createBindGroupLayout({
      label: key,
      entries: [{ binding: 0, visibility: computeStage, buffer: { type: "uniform" } }, ...entries],
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}
