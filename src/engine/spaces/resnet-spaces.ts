import { networkOf } from "../network/frame.ts";
import type { StageSpec } from "../network/spec.ts";
import { logUniform, powerOfTwo } from "./distributions.ts";
import { type Interval, multiplesIn, powersIn, type SpaceSetting, strideOf } from "./setting.ts";
import type { Space, StageParams } from "./space.ts";

/**
 * The standard model families of "On Network Design Spaces" (Radosavovic et al. 2019, arXiv:1905.13214, table 2): per
 * stage a depth d, a width w and, for ResNeXt, a bottleneck ratio r and a number of groups g, spaced evenly in their
 * logarithm. d and w are drawn log-uniform here where the paper takes 9 and 12 values of them.
 */
export const resnetSpaces = {
  vanilla: basic(
    "vanilla",
    "Vanilla",
    "Two 3×3 convolutions without a shortcut, as VGG; depths and widths free",
  ),
  resnet: basic("res_basic", "ResNet", "Two 3×3 convolutions with a shortcut; depths and widths free"),
  "resnext-a": resnext("resnext-a", "ResNeXt-A", [16, 256], [1, 4]),
  "resnext-b": resnext("resnext-b", "ResNeXt-B", [64, 1024], [1, 16]),
} as const satisfies Record<string, Space>;

function basic(block: "vanilla" | "res_basic", label: string, description: string): Space {
  const depth: Interval = [1, 24];
  const width: Interval = [16, 256];
  return {
    id: label.toLowerCase(),
    label,
    description,
    degreesOfFreedom: (stages) => 2 * stages,
    log10Size: ({ stages }) => stages * Math.log10(multiplesIn(depth, 1) * multiplesIn(width, 8)),
    sample: (rng, setting) =>
      assemble("resnet", setting, (stride) => ({
        block,
        depth: logUniform(rng, ...depth, 1),
        width: logUniform(rng, ...width, 8),
        stride,
      })),
  };
}

function resnext(id: string, label: string, width: Interval, groups: Interval): Space {
  const depth: Interval = [1, 16];
  const ratio: Interval = [1, 4];
  return {
    id,
    label,
    description: `Residual bottlenecks with groups: widths ${width.join("–")}, up to ${groups[1]} groups, powers of two`,
    degreesOfFreedom: (stages) => 4 * stages,
    // (5·5·3·3)³ and (5·5·3·5)³ for the paper's three stages.
    log10Size: ({ stages }) =>
      stages * Math.log10(powersIn(depth) * powersIn(width) * powersIn(ratio) * powersIn(groups)),
    sample: (rng, setting) =>
      assemble("resnext", setting, (stride) => {
        const stageDepth = powerOfTwo(rng, ...depth);
        const stageWidth = powerOfTwo(rng, ...width);
        const bottleneckRatio = powerOfTwo(rng, ...ratio);
        const groupWidth = stageWidth / bottleneckRatio / powerOfTwo(rng, ...groups);
        const shape = { depth: stageDepth, width: stageWidth, stride };
        return { block: "res_bottleneck", ...shape, bottleneckRatio, groupWidth, seRatio: 0 };
      }),
  };
}

function assemble(
  family: StageParams["family"],
  { frame, stages, strides }: SpaceSetting,
  draw: (stride: number) => StageSpec,
) {
  const drawn = Array.from({ length: stages }, (_, i) => draw(strideOf(strides, i)));
  const params: StageParams = {
    family,
    depths: drawn.map(({ depth }) => depth),
    widths: drawn.map(({ width }) => width),
  };
  return { spec: networkOf(frame, drawn), params };
}
