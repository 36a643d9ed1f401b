import { ExecutorError } from "../executor.ts";

/** Two builds of the same kernels: with fused multiply-add, where the engine has relaxed SIMD, and without. */
export type KernelBuild = "relaxed" | "simd";

/** Brings the bytes of a build; how is the host's business (fetch-kernels.ts, node-kernels.ts). */
export type LoadKernels = (build: KernelBuild) => Promise<BufferSource>;

export interface Kernels {
  readonly build: KernelBuild;
  /**
   * Does one thread's share of `count` records; 0, or the position (from 1) of what is no record. `records` is a byte
   * address.
   */
  run(records: number, count: number, thread: number, threads: number): number;
  setTileRows(rows: number): void;
}

/** (func (result v128) … f32x4.relaxed_madd): validates where relaxed SIMD is on. */
const relaxedProbe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11],
);

export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedProbe);
}

export async function instantiateKernels(
  load: LoadKernels,
  wanted: KernelBuild | "auto",
  memory: WebAssembly.Memory,
): Promise<Kernels> {
  const build = wanted === "auto" ? (hasRelaxedSimd() ? "relaxed" : "simd") : wanted;
  const bytes = await load(build);
  try {
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    const { run, setTileRows } = instance.exports as unknown as Omit<Kernels, "build">;
    return { build, run, setTileRows };
  } catch (cause) {
    throw new ExecutorError(
      "unsupported",
      `this engine cannot compile the "${build}" kernels (WebAssembly SIMD is needed)`,
      { cause },
    );
  }
}
