import type { Rng } from "../math/rng.ts";
import type { AnyNetParams } from "./anynet.ts";
import { logUniform, powerOfTwo } from "./distributions.ts";
import { type SpaceSetting, strideOf } from "./setting.ts";

/** AnyNetXA to AnyNetXE (RegNet paper, §3.2): each takes the one before it and binds something more. */
export type AnyNetVariant = "a" | "b" | "c" | "d" | "e";

/**
 * Draws params of AnyNetX: d_i and w_i log-uniform, b_i and g_i uniform over their powers of two. Then
 * B: b_i = b; C: also g_i = g; D: also w_{i+1} ≥ w_i; E: also d_{i+1} ≥ d_i.
 *
 * Sorting independent draws gives the same distribution as drawing again until they are in order, at once.
 */
export function sampleAnynet(rng: Rng, variant: AnyNetVariant, setting: SpaceSetting): AnyNetParams {
  const { stages, strides, ranges } = setting;
  const each = (draw: () => number) => Array.from({ length: stages }, draw);
  const shared = (draw: () => number) => new Array<number>(stages).fill(draw());

  const depths = each(() => logUniform(rng, ...ranges.stageDepth, 1));
  const widths = each(() => logUniform(rng, ...ranges.width, 8));
  const drawRatio = () => rng.choice(ranges.bottleneckRatios);
  const drawGroup = () => powerOfTwo(rng, ...ranges.groupWidth);
  const bottleneckRatios = variant === "a" ? each(drawRatio) : shared(drawRatio);
  const groupWidths = variant === "a" || variant === "b" ? each(drawGroup) : shared(drawGroup);
  if (variant === "d" || variant === "e") widths.sort(ascending);
  if (variant === "e") depths.sort(ascending);

  const stageStrides = depths.map((_, i) => strideOf(strides, i));
  return { depths, widths, strides: stageStrides, bottleneckRatios, groupWidths, seRatio: 0 };
}

function ascending(a: number, b: number): number {
  return a - b;
}
