import type { Rng } from "../math/rng.ts";
import { specLimits } from "../network/spec.ts";
import { bottleneckParameter, groupParameter, squeezeParameter, squeezeRatio } from "./block-parameters.ts";
import { drawsOf, type SpaceParameter } from "./parameter.ts";
import { type Distribution, drawValue, isValues, type WholeDraw } from "./parameter-draw.ts";
import { possibleStages, quantizedWidths } from "./quantized.ts";
import type { RegNetParams } from "./regnet.ts";
import { regnetInfo } from "./regnet-info.ts";
import type { Interval, SpaceSetting } from "./setting.ts";

/**
 * Draws params of RegNetX (RegNet paper, §3.3) with the distributions of pycls' `regnet_sampler`: d uniform; w_0, w_a and
 * w_m log-uniform in steps of 8, 0.1 and 0.001; g a power of two below 8 and a log-uniform multiple of 8 from there on.
 * `seRatio` 0.25 makes it RegNetY. Not every draw is a network of the setting: `regnetFits` says which are.
 */
export function sampleRegnet(rng: Rng, setting: SpaceSetting, seRatio = 0): RegNetParams {
  const draws = regnetDraws(setting);
  return {
    depth: drawValue(rng, draws.depth!),
    initialWidth: drawValue(rng, draws.initialWidth!),
    slope: drawValue(rng, draws.slope!),
    widthMultiplier: drawValue(rng, draws.widthMultiplier!),
    groupWidth: drawValue(rng, draws.groupWidth!),
    bottleneckRatio: drawValue(rng, draws.bottleneckRatio!),
    seRatio: squeezeRatio(rng, draws.seRatio, seRatio),
  };
}

const regnetDraws = drawsOf(regnetParameters);

/** d, w_0, w_a, w_m, g, b and the squeeze ratio. */
export function regnetParameters({ ranges }: Pick<SpaceSetting, "ranges">): readonly SpaceParameter[] {
  const usual = ([from, to]: Interval, distribution: Distribution, step: number) => ({
    usual: { from, to, distribution, step },
    step,
  });
  return [
    {
      name: "depth",
      info: regnetInfo.depth,
      ...usual(ranges.depth, "uniform", 1),
      limits: [1, 128],
      grid: 1,
    },
    {
      name: "initialWidth",
      info: regnetInfo.initialWidth,
      ...usual(ranges.initialWidth, "log", 8),
      limits: [8, 1024],
      grid: 8,
    },
    { name: "slope", info: regnetInfo.slope, ...usual(ranges.slope, "log", 0.1), limits: [0, 1024], grid: 0 },
    {
      name: "widthMultiplier",
      info: regnetInfo.widthMultiplier,
      ...usual(ranges.widthMultiplier, "log", 0.001),
      limits: [1.001, 16],
      grid: 0,
    },
    { ...groupParameter, ...usual(ranges.groupWidth, "power2-or-log", 8), step: 1 },
    { ...bottleneckParameter, usual: ranges.bottleneckRatios },
    squeezeParameter,
  ];
}

/**
 * How wide a stage may become: the setting's own limit, as long as w_0, w_a and w_m are drawn from within its own ranges;
 * whoever asks for wider lines gets them.
 */
export function widestStage({ ranges, draws = {} }: SpaceSetting): number {
  const most = (draw: WholeDraw | undefined) =>
    draw === undefined ? Number.NEGATIVE_INFINITY : isValues(draw) ? Math.max(...draw) : draw.to;
  const wider = (["initialWidth", "slope", "widthMultiplier"] as const).some(
    (name) => most(draws[name]) > ranges[name][1],
  );
  return wider ? specLimits.channels : ranges.widest;
}

/**
 * Whether the params give the wanted number of stages, with none skipped (pycls rejects where `num_stages` differs from
 * `total_stages`), and no stage too wide.
 */
export function regnetFits(params: RegNetParams, setting: SpaceSetting): boolean {
  const { stages } = setting;
  if (possibleStages(params) !== stages) return false;
  const { stageWidths } = quantizedWidths(params);
  return stageWidths.length === stages && stageWidths.at(-1)! <= widestStage(setting);
}
