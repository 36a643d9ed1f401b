import { InputError } from "../math/input-error.ts";
import { roundHalfEven } from "../math/rounding.ts";
import { adjustBlock } from "../network/adjust.ts";
import type { NetworkSpec, StageSpec } from "../network/spec.ts";
import { type Solved, solveForFlops } from "./solve.ts";

/**
 * Fast and accurate model scaling (Dollár, Singh and Girshick 2021, arXiv:2103.06877): flops grow by s, and activations,
 * which set the run time, by only about √s when width takes most of it. Relative exponents say how s is shared:
 * d·w²·r² = s, and the group width g grows as fast as the width when its exponent is the same.
 */
export interface ScalingExponents {
  readonly d: number;
  readonly w: number;
  readonly g: number;
  readonly r: number;
}

/** dWr, the paper's fast compound scaling: width takes 8 of 10 parts of the flops; `d1_w8_g8_r1` in pycls. */
export const fastExponents: ScalingExponents = { d: 1, w: 8, g: 8, r: 1 };

/** Reads pycls' names: `d1_w8_g8_r1`, or `dw` for d1_w1_g0_r0. */
export function parseScalingType(text: string, path = "scaling"): ScalingExponents {
  const none = { d: 0, w: 0, g: 0, r: 0 };
  if (/^[dwgr]+$/.test(text))
    return Object.assign(none, Object.fromEntries([...text].map((key) => [key, 1])));
  const parts = text.split("_").map((part) => /^([dwgr])(\d+(?:\.\d+)?)$/.exec(part));
  if (parts.every((part) => part !== null)) {
    return Object.assign(none, Object.fromEntries(parts.map(([, key, value]) => [key, Number(value)])));
  }
  const message = `${JSON.stringify(text)} is not allowed; expected letters of d, w, g, r ("dw") or shares ("d1_w8_g8_r1")`;
  throw new InputError([{ path, message }]);
}

/** Multipliers of depth, width, group width and resolution for s times the flops (pycls `scaling_factors`). */
export function fastMultipliers(exponents: ScalingExponents, s: number): ScalingExponents {
  const { d, w, g, r } = exponents;
  const sum = d + w + r || g / 2 || 1;
  return { d: s ** (d / sum), w: s ** (w / sum / 2), g: s ** (g / sum / 2), r: s ** (r / sum / 2) };
}

/**
 * The baseline with s times its flops, rounded exactly as pycls' `scale_model`: all halves to even, widths in steps of 8,
 * group widths 1, 2, 4, then multiples of 8, sides in steps of 4. Stem and head follow the width in EfficientNets alone.
 * s = 1 is the baseline.
 */
export function fastScale(baseline: NetworkSpec, s: number, exponents = fastExponents): NetworkSpec {
  if (s === 1) return baseline;
  const { d, w, g, r } = fastMultipliers(exponents, s);
  const eights = (channels: number) => Math.max(1, roundHalfEven((channels * w) / 8)) * 8;
  const side = (pixels: number) => Math.max(4, roundHalfEven((pixels * r) / 4) * 4);
  const { input, stem, head, stages } = baseline;
  const effnet = stages.some(({ block }) => block === "mbconv" || block === "fused_mbconv");
  return {
    ...baseline,
    input: { ...input, height: side(input.height), width: side(input.width) },
    stages: stages.map((stage) => {
      const depth = Math.max(1, roundHalfEven(stage.depth * d));
      return scaleShape({ ...stage, depth }, eights(stage.width), g);
    }),
    stem: effnet ? { ...stem, width: eights(stem.width) } : stem,
    head: { width: effnet && head.width > 0 ? eights(head.width) : head.width },
  };
}

function scaleShape(stage: StageSpec, width: number, groupMultiplier: number): StageSpec {
  if (!("bottleneckRatio" in stage)) return { ...stage, width };
  const { bottleneckRatio } = stage;
  const groupWidth = groupStep(Math.max(1, roundHalfEven(stage.groupWidth * groupMultiplier)));
  return { ...stage, ...adjustBlock({ width, bottleneckRatio, groupWidth }) };
}

function groupStep(g: number): number {
  if (g <= 2) return g;
  return g <= 5 ? 4 : roundHalfEven(g / 8) * 8;
}

/** The s, and its network, that meets a budget of multiply-adds most nearly. */
export function fastToFlops(baseline: NetworkSpec, flops: number, exponents = fastExponents): Solved {
  const make = (log2: number) => fastScale(baseline, 2 ** log2, exponents);
  const solved = solveForFlops({ name: "log₂ s", lowest: -8, highest: 8, make }, flops);
  return { ...solved, parameter: 2 ** solved.parameter };
}
