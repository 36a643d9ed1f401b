import type { Rng } from "../math/rng.ts";
import type { AnyNetParams } from "./anynet.ts";
import { anynetInfo } from "./anynet-info.ts";
import { bottleneckParameter, groupParameter, squeezeParameter, squeezeRatio } from "./block-parameters.ts";
import { drawsOf, type SpaceParameter } from "./parameter.ts";
import { drawValue } from "./parameter-draw.ts";
import { type SpaceSetting, strideOf } from "./setting.ts";

/** AnyNetXA to AnyNetXE (RegNet paper, §3.2): each takes the one before it and binds something more. */
export type AnyNetVariant = "a" | "b" | "c" | "d" | "e";

/** d_i, w_i, b_i, g_i of every stage, and one squeeze ratio. */
export function anynetParameters({ ranges }: Pick<SpaceSetting, "ranges">): readonly SpaceParameter[] {
  return [
    {
      name: "depth",
      info: { ...anynetInfo.depths, label: "Depth" },
      usual: { from: ranges.stageDepth[0], to: ranges.stageDepth[1], distribution: "log", step: 1 },
      limits: [1, 64],
      grid: 1,
      step: 1,
    },
    {
      name: "width",
      info: { ...anynetInfo.widths, label: "Width" },
      usual: { from: ranges.width[0], to: ranges.width[1], distribution: "log", step: 8 },
      limits: [8, 2048],
      grid: 1,
      step: 8,
    },
    { ...bottleneckParameter, usual: ranges.bottleneckRatios },
    {
      ...groupParameter,
      usual: { from: ranges.groupWidth[0], to: ranges.groupWidth[1], distribution: "power2", step: 1 },
    },
    squeezeParameter,
  ];
}

const anynetDraws = drawsOf(anynetParameters);

/**
 * Draws params of AnyNetX: d_i and w_i log-uniform, b_i and g_i uniform over their powers of two. Then
 * B: b_i = b; C: also g_i = g; D: also w_{i+1} ≥ w_i; E: also d_{i+1} ≥ d_i.
 *
 * Sorting independent draws gives the same distribution as drawing again until they are in order, at once.
 */
export function sampleAnynet(rng: Rng, variant: AnyNetVariant, setting: SpaceSetting): AnyNetParams {
  const { stages, strides } = setting;
  const draws = anynetDraws(setting);
  const each = (draw: () => number) => Array.from({ length: stages }, draw);
  const shared = (draw: () => number) => new Array<number>(stages).fill(draw());

  const depths = each(() => drawValue(rng, draws.depth!));
  const widths = each(() => drawValue(rng, draws.width!));
  const drawRatio = () => drawValue(rng, draws.bottleneckRatio!);
  const drawGroup = () => drawValue(rng, draws.groupWidth!);
  const bottleneckRatios = variant === "a" ? each(drawRatio) : shared(drawRatio);
  const groupWidths = variant === "a" || variant === "b" ? each(drawGroup) : shared(drawGroup);
  if (variant === "d" || variant === "e") widths.sort(ascending);
  if (variant === "e") depths.sort(ascending);

  const stageStrides = depths.map((_, i) => strideOf(strides, i));
  const seRatio = squeezeRatio(rng, draws.seRatio, 0);
  return { depths, widths, strides: stageStrides, bottleneckRatios, groupWidths, seRatio };
}

function ascending(a: number, b: number): number {
  return a - b;
}
