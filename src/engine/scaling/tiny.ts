import { InputError } from "../math/input-error.ts";
import { makeDivisible, roundHalfEven } from "../math/rounding.ts";
import { bottleneckWidth } from "../network/blocks/bottleneck.ts";
import { complexity } from "../network/complexity.ts";
import type { NetworkSpec, StageSpec } from "../network/spec.ts";
import { type Multipliers, type RoundingRules, scaleBy, withWidth } from "./multipliers.ts";
import { type Solved, solveForFlops } from "./solve.ts";

/**
 * TinyNet (Han et al. 2020, arXiv:2010.14819): downwards, resolution and depth matter more than width. For c times the
 * baseline's flops, r(c) and d(c) come from a fit to good small networks, and the width takes what is left,
 * w = √(c / (d·r²)), solved here on the real, rounded network.
 */

/** timm's rules for TinyNets: depth rounded half to even, widths to multiples of 8, sides cut. */
export const tinyRounding: RoundingRules = {
  depth: (blocks) => Math.max(1, roundHalfEven(blocks)),
  width: (channels) => makeDivisible(channels, 8),
  side: (pixels) => Math.max(1, Math.trunc(pixels)),
};

/** The baseline shrunk by given multipliers: its stem keeps its width, its head never falls below its own. */
export function tinyScale(baseline: NetworkSpec, multipliers: Multipliers): NetworkSpec {
  const scaled = scaleBy(baseline, multipliers, tinyRounding);
  return {
    ...scaled,
    stem: baseline.stem,
    head: { width: Math.max(baseline.head.width, scaled.head.width) },
  };
}

/** r and d of the published TinyNets A–E (the paper's table), against the flops they have relative to EfficientNet-B0. */
export const publishedTiny: readonly { readonly c: number; readonly r: number; readonly d: number }[] = [
  { c: 339 / 387, r: 0.86, d: 1.2 },
  { c: 202 / 387, r: 0.84, d: 1.1 },
  { c: 100 / 387, r: 0.825, d: 0.85 },
  { c: 52 / 387, r: 0.68, d: 0.695 },
  { c: 24 / 387, r: 0.475, d: 0.6 },
];

/**
 * r(c) and d(c) between the published networks: straight lines over ln c, from the baseline itself at c = 1 down to
 * TinyNet-E; below it the last line goes on. A fit of one's own takes its place through `tinyToFlops`' argument.
 */
export function publishedTinyFormula(c: number): { readonly r: number; readonly d: number } {
  if (!(c > 0 && c <= 1)) {
    throw new InputError([
      { path: "c", message: `${c} is not allowed; expected a share of the baseline's flops, above 0 to 1` },
    ]);
  }
  const knots = [{ c: 1, r: 1, d: 1 }, ...publishedTiny];
  const after = knots.findIndex((knot) => knot.c <= c);
  const i = after === -1 ? knots.length - 1 : Math.max(1, after);
  const [from, to] = [knots[i - 1]!, knots[i]!];
  const t = Math.log(c / from.c) / Math.log(to.c / from.c);
  const at = (a: number, b: number) => Math.max(0.05, a + (b - a) * t);
  return { r: at(from.r, to.r), d: at(from.d, to.d) };
}

/**
 * The width, and its network, that meets a budget of multiply-adds at given resolution and depth. Widths in steps of 8
 * leave gaps of several percent between neighbouring w, so single stages may go one step further or less far than w says
 * until the budget is met within 1 %.
 */
export function tinyToFlops(
  baseline: NetworkSpec,
  flops: number,
  shape: { readonly r: number; readonly d: number },
): Solved {
  const make = (width: number) => tinyScale(baseline, { depth: shape.d, width, resolution: shape.r });
  let best = solveForFlops({ name: "w", lowest: 0.01, highest: 8, make }, flops);
  // Two stages together nearly always do, and are quick; coarse groups need three.
  let together = 2;
  while (together <= 3 && Math.abs(best.deviation) > tolerance) {
    const next = nudges(best.spec, together).map((spec) => ({ ...best, spec, ...missOf(spec, flops) }));
    const closest = next.reduce((a, b) => (Math.abs(b.deviation) < Math.abs(a.deviation) ? b : a), best);
    if (closest === best) together += 1;
    best = closest;
  }
  return best;
}

const tolerance = 0.01;

/** The network with up to `most` of the stages from `first` on a step wider or narrower. */
function nudges(spec: NetworkSpec, most: number, first = 0): NetworkSpec[] {
  if (most === 0) return [];
  return spec.stages.flatMap((stage, at) => {
    if (at < first) return [];
    const step = widthStepOf(stage);
    return [stage.width - step, stage.width + step].flatMap((width) => {
      if (width < step) return [];
      const nudged = { ...spec, stages: spec.stages.with(at, withWidth(stage, width)) };
      return [nudged, ...nudges(nudged, most - 1, at + 1)];
    });
  });
}

/** The least change of a width that groups do not take back. */
function widthStepOf(stage: StageSpec): number {
  if (!("groupWidth" in stage) || !("bottleneckRatio" in stage)) return 8;
  const { width, bottleneckRatio, groupWidth } = stage;
  const single = groupWidth === bottleneckWidth(width, bottleneckRatio);
  return single ? 8 : Math.max(8, Math.ceil(groupWidth * bottleneckRatio));
}

function missOf(spec: NetworkSpec, budget: number): Pick<Solved, "flops" | "deviation"> {
  const { flops } = complexity(spec);
  return { flops, deviation: (flops - budget) / budget };
}
