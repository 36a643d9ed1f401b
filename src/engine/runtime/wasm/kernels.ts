import { ExecutorError } from "../executor.ts";

/** Two builds of the same kernels: with fused multiply-add, where the engine has relaxed SIMD, and without. */
export type KernelBuild = "relaxed" | "simd";

/** Brings the bytes of a file of `kernelFile`; how is the host's business (fetch-kernels.ts, node-kernels.ts). */
export type LoadKernels = (file: string) => Promise<BufferSource>;

/** Memory that threads share needs a module of its own. */
export function kernelFile(build: KernelBuild, shared: boolean): string {
  return `kernels.${build}${shared ? ".shared" : ""}.wasm`;
}

export interface Kernels {
  readonly build: KernelBuild;
  /** For the instances of other threads. */
  readonly module: WebAssembly.Module;
  /** Does one thread's share of `count` records; see assembly/index.ts. `records` and `sync` are byte addresses. */
  run(records: number, count: number, thread: number, threads: number, sync: number): number;
  /** What a coordinating thread that `run` sent back calls until it gives 0: assembly/barrier.ts. */
  waitOn(sync: number): number;
  setTileRows(rows: number): void;
  /** How long threads spin at a barrier before they sleep. */
  setSpinTurns(turns: number): void;
}

/** (func (result v128) … f32x4.relaxed_madd): validates where relaxed SIMD is on. */
const relaxedProbe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11],
);

export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedProbe);
}

/** @param shared whether the memory is. */
export async function instantiateKernels(
  load: LoadKernels,
  wanted: KernelBuild | "auto",
  memory: WebAssembly.Memory,
  shared = false,
): Promise<Kernels> {
  const build = wanted === "auto" ? (hasRelaxedSimd() ? "relaxed" : "simd") : wanted;
  const bytes = await load(kernelFile(build, shared));
  try {
    const { instance, module } = await WebAssembly.instantiate(bytes, { env: { memory } });
    const exports = instance.exports as unknown as Omit<Kernels, "build" | "module">;
    return { ...exports, build, module };
  } catch (cause) {
    throw new ExecutorError(
      "unsupported",
      `this engine cannot compile the "${build}" kernels (WebAssembly SIMD is needed)`,
      { cause },
    );
  }
}
