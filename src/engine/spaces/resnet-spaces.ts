import { networkOf } from "../network/frame.ts";
import type { StageSpec } from "../network/spec.ts";
import { bottleneckParameter } from "./block-parameters.ts";
import { drawsOf, type SpaceParameter } from "./parameter.ts";
import { type Distribution, drawValue, type WholeRange } from "./parameter-draw.ts";
import { type Interval, multiplesIn, powersIn, type SpaceSetting, strideOf } from "./setting.ts";
import type { Space, StageParams } from "./space.ts";
import { stageInfo } from "./stage-info.ts";

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
  const parameters = () => [
    stageParameter("depth", depth, "log", 1),
    stageParameter("width", width, "log", 8),
  ];
  const drawsFor = drawsOf(parameters);
  return {
    id: label.toLowerCase(),
    label,
    description,
    degreesOfFreedom: (stages) => 2 * stages,
    log10Size: ({ stages }) => stages * Math.log10(multiplesIn(depth, 1) * multiplesIn(width, 8)),
    parameters,
    sample: (rng, setting) => {
      const draws = drawsFor(setting);
      return assemble("resnet", setting, (stride) => ({
        block,
        depth: drawValue(rng, draws.depth!),
        width: drawValue(rng, draws.width!),
        stride,
      }));
    },
  };
}

function resnext(id: string, label: string, width: Interval, groups: Interval): Space {
  const depth: Interval = [1, 16];
  const ratio: Interval = [1, 4];
  const parameters = (): SpaceParameter[] => [
    stageParameter("depth", depth, "power2", 1),
    stageParameter("width", width, "power2", 1),
    { ...bottleneckParameter, usual: powers(ratio), limits: [1, 8] },
    {
      name: "groups",
      info: {
        symbol: "G_i",
        label: "Groups",
        unit: "",
        help: "of the 3×3 of stage i; they divide its width",
      },
      usual: powers(groups),
      limits: [1, 64],
      grid: 1,
      step: 1,
      powers: true,
    },
  ];
  const drawsFor = drawsOf(parameters);
  return {
    id,
    label,
    description: `Residual bottlenecks with groups: widths ${width.join("–")}, up to ${groups[1]} groups, powers of two`,
    degreesOfFreedom: (stages) => 4 * stages,
    // (5·5·3·3)³ and (5·5·3·5)³ for the paper's three stages.
    log10Size: ({ stages }) =>
      stages * Math.log10(powersIn(depth) * powersIn(width) * powersIn(ratio) * powersIn(groups)),
    parameters,
    sample: (rng, setting) => {
      const draws = drawsFor(setting);
      const drawn = assemble("resnext", setting, (stride) => {
        const stageDepth = drawValue(rng, draws.depth!);
        const stageWidth = drawValue(rng, draws.width!);
        const bottleneckRatio = drawValue(rng, draws.bottleneckRatio!);
        const groupWidth = stageWidth / bottleneckRatio / drawValue(rng, draws.groups!);
        const shape = { depth: stageDepth, width: stageWidth, stride };
        return { block: "res_bottleneck", ...shape, bottleneckRatio, groupWidth, seRatio: 0 };
      });
      // Widths of one's own need not be divisible by so many groups.
      const whole = drawn.spec.stages.every(
        (stage) => !("groupWidth" in stage) || Number.isInteger(stage.groupWidth),
      );
      return whole ? drawn : undefined;
    },
  };
}

function stageParameter(
  name: "depth" | "width",
  [from, to]: Interval,
  distribution: Distribution,
  step: number,
): SpaceParameter {
  const info = name === "depth" ? stageInfo.depths : stageInfo.widths;
  const label = name === "depth" ? "Depth" : "Width";
  const limits: Interval = name === "depth" ? [1, 64] : [8, 2048];
  return { name, info: { ...info, label }, usual: { from, to, distribution, step }, limits, grid: 1, step };
}

function powers([from, to]: Interval): WholeRange {
  return { from, to, distribution: "power2", step: 1 };
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
