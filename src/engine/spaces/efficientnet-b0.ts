import { imagenetFrame, networkOf } from "../network/frame.ts";
import type { NetworkSpec, StageSpec } from "../network/spec.ts";

type MbconvStage = Extract<StageSpec, { block: "mbconv" }>;

/** EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946, table 1): stem 32, squeeze ratio 1/4 of the input, head 1280. */
// biome-ignore format: a table reads best as a table
const table: readonly (readonly [expansion: number, kernel: number, stride: number, width: number, depth: number])[] = [
  [1, 3, 1,  16, 1],
  [6, 3, 2,  24, 2],
  [6, 5, 2,  40, 2],
  [6, 3, 2,  80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];

const stages = table.map(([expansion, kernel, stride, width, depth]): MbconvStage => {
  return { block: "mbconv", depth, width, stride, expansion, kernel, seRatio: 0.25 };
});

/** The baseline of EfficientNets and TinyNets, and the middle of the MBConv spaces. */
export const efficientnetB0: Omit<NetworkSpec, "stages"> & { readonly stages: readonly MbconvStage[] } = {
  ...networkOf({ ...imagenetFrame, head: { width: 1280 }, activation: "silu" }, stages, "EfficientNet-B0"),
  stages,
};
