import { z } from "zod";
import { trim } from "../../../charts/format.ts";
import { complexity } from "../../../engine/network/complexity.ts";
import type { NetworkSpec } from "../../../engine/network/spec.ts";
import { publishedNetworks } from "../../../engine/published/registry.ts";
import {
  compoundMultipliers,
  compoundScale,
  efficientnetCoefficients,
  flopsGrowth,
} from "../../../engine/scaling/compound.ts";
import { v2Scale, v2Scaling } from "../../../engine/scaling/efficientnet-v2.ts";
import { fastExponents, fastMultipliers, fastScale } from "../../../engine/scaling/fast.ts";
import { scaleBy } from "../../../engine/scaling/multipliers.ts";
import {
  compoundInfo,
  fastInfo,
  multiplierInfo,
  tinyInfo,
  v2Info,
} from "../../../engine/scaling/scaling-info.ts";
import { publishedTiny, publishedTinyFormula, tinyToFlops } from "../../../engine/scaling/tiny.ts";
import type { ParamInfo } from "../../../engine/spaces/param-info.ts";
import { imagenetImages } from "../model/images.ts";
import { defaultBaseline } from "./baseline.ts";
import { type Derived, type Family, type Knob, numberAt } from "./family.ts";
import { scalingFamily } from "./scaling.ts";
import { evenStops, logStops } from "./stops.ts";

const multiplier = z.number().min(0.05).max(16);
const growth = z.number().min(1).max(4);
const share = z.number().min(0).max(100);

function knob(key: string, short: string, info: ParamInfo, stops: readonly number[], decimals: number): Knob {
  return { key, short, info, stages: "none", stops, decimals };
}

function derived(symbol: string, label: string, value: number, digits = 3): Derived {
  return { symbol, label, value, text: trim(value, digits) };
}

/** Scale factors around 1 as a multiplier's slider stops at. */
const factors = logStops(0.25, 4, 0.01);

const dwr = scalingFamily({
  id: "dwr",
  label: "Depth, width, resolution",
  description: "Each dimension by a factor of its own; one alone is single-dimension scaling",
  source: "Tan and Le 2019, fig. 2",
  schema: z.strictObject({ depth: multiplier, width: multiplier, resolution: multiplier }),
  knobs: [
    knob("depth", "d", multiplierInfo.depth, factors, 3),
    knob("width", "w", multiplierInfo.width, factors, 3),
    knob("resolution", "r", multiplierInfo.resolution, factors, 3),
  ],
  start: { depth: 1, width: 1, resolution: 1 },
  scale: (baseline, params) => ({ spec: scaleBy(baseline, params), derived: [] }),
  sample: (rng) => ({
    depth: rng.logUniform(0.25, 4),
    width: rng.logUniform(0.25, 4),
    resolution: rng.logUniform(0.25, 4),
  }),
  sampled: "d, w, r ∈ [0.25, 4]",
  presets: () =>
    publishedNetworks.flatMap(({ id, name, family, spec }) => {
      if (family !== "EfficientNet") return [];
      const multipliers = efficientnetMultipliers[id];
      if (multipliers === undefined) return [];
      const [width, depth] = multipliers;
      const values = { depth, width, resolution: spec.input.height / 224 };
      return [{ id, label: name, point: { values, images: imagenetImages, baseline: defaultBaseline } }];
    }),
});

/** Width and depth multipliers of the authors' code; they are not powers of α and β to the last digit. */
const efficientnetMultipliers: Readonly<Record<string, readonly [width: number, depth: number]>> = {
  "efficientnet-b0": [1, 1],
  "efficientnet-b1": [1, 1.1],
  "efficientnet-b2": [1.1, 1.2],
  "efficientnet-b3": [1.2, 1.4],
  "efficientnet-b4": [1.4, 1.8],
  "efficientnet-b5": [1.6, 2.2],
  "efficientnet-b6": [1.8, 2.6],
  "efficientnet-b7": [2, 3.1],
};

const compoundKnobs: readonly Knob[] = [
  knob("phi", "phi", compoundInfo.phi, evenStops(-6, 7, 0.05), 3),
  knob("alpha", "alpha", compoundInfo.alpha, evenStops(1, 1.6, 0.01), 3),
  knob("beta", "beta", compoundInfo.beta, evenStops(1, 1.4, 0.01), 3),
  knob("gamma", "gamma", compoundInfo.gamma, evenStops(1, 1.4, 0.01), 3),
];

const coefficients = { alpha: growth, beta: growth, gamma: growth };

function compoundDerived(phi: number, params: typeof efficientnetCoefficients): Derived[] {
  const { depth, width, resolution } = compoundMultipliers(phi, params);
  return [
    derived("α·β²·γ²", "growth of flops per φ; the paper holds it near 2", flopsGrowth(params)),
    derived("d", "depth = α^φ", depth),
    derived("w", "width = β^φ", width),
    derived("r", "resolution = γ^φ", resolution),
  ];
}

const compound = scalingFamily({
  id: "compound",
  label: "Compound scaling",
  description: "One φ for depth, width and resolution together",
  source: "Tan and Le 2019, eq. 3",
  schema: z.strictObject({ phi: z.number().min(-8).max(8), ...coefficients }),
  knobs: compoundKnobs,
  start: { phi: 0, ...efficientnetCoefficients },
  scale: (baseline, { phi, ...params }) => ({
    spec: compoundScale(baseline, phi, params),
    derived: compoundDerived(phi, params),
  }),
  sample: (rng) => ({ phi: rng.uniform(-4, 4), ...efficientnetCoefficients }),
  sampled: "φ ∈ [−4, 4]",
});

const v2 = scalingFamily({
  id: "v2",
  label: "EfficientNetV2 scaling",
  description: "Compound scaling with a largest image and extra layers in late stages",
  source: "Tan and Le 2021, §3.3",
  schema: z.strictObject({
    phi: z.number().min(0).max(8),
    ...coefficients,
    largestSide: z.int().min(1).max(4096),
    extraLayers: z.number().min(0).max(20),
  }),
  knobs: [
    knob("phi", "phi", v2Info.phi, evenStops(0, 7, 0.05), 3),
    ...compoundKnobs.slice(1),
    knob("largestSide", "rmax", v2Info.largestSide, evenStops(16, 640, 16), 0),
    knob("extraLayers", "n", v2Info.extraLayers, evenStops(0, 6, 0.25), 2),
  ],
  start: { phi: 1, ...v2Scaling },
  scale: (baseline, { phi, ...params }) => ({
    spec: v2Scale(baseline, phi, params),
    derived: compoundDerived(phi, params),
  }),
  sample: (rng) => ({ phi: rng.uniform(0, 4), ...v2Scaling }),
  sampled: "φ ∈ [0, 4]",
});

const fast = scalingFamily({
  id: "fast",
  label: "Fast scaling",
  description: "Mostly width, so that activations grow as √s only; groups grow along",
  source: "Dollár, Singh and Girshick 2021",
  schema: z.strictObject({
    s: z
      .number()
      .min(1 / 256)
      .max(256),
    d: share,
    w: share,
    g: share,
    r: share,
  }),
  knobs: [
    knob("s", "s", fastInfo.s, logStops(1 / 16, 32, 0.01), 3),
    knob("d", "ed", fastInfo.d, evenStops(0, 10, 1), 1),
    knob("w", "ew", fastInfo.w, evenStops(0, 10, 1), 1),
    knob("g", "eg", fastInfo.g, evenStops(0, 10, 1), 1),
    knob("r", "er", fastInfo.r, evenStops(0, 10, 1), 1),
  ],
  start: { s: 1, ...fastExponents },
  scale: (baseline, { s, ...exponents }) => {
    const { d, w, g, r } = fastMultipliers(exponents, s);
    return {
      spec: fastScale(baseline, s, exponents),
      derived: [
        derived("d", "× blocks", d),
        derived("w", "× channels", w),
        derived("g", "× group width", g),
        derived("r", "× side of the image", r),
      ],
    };
  },
  sample: (rng) => ({ s: rng.logUniform(1 / 16, 16), ...fastExponents }),
  sampled: "s ∈ [1/16, 16]",
});

const tiny = scalingFamily({
  id: "tiny",
  label: "TinyNet formula",
  description: "A budget c; resolution and depth by formula or by hand, width takes what is left",
  source: "Han et al. 2020",
  schema: z.strictObject({
    c: z.number().min(0.005).max(2),
    r: z.number().min(0.1).max(4),
    d: z.number().min(0.1).max(4),
  }),
  knobs: [
    knob("c", "c", tinyInfo.c, logStops(0.02, 1, 0.001), 3),
    knob("r", "r", tinyInfo.r, evenStops(0.3, 1.5, 0.005), 3),
    knob("d", "d", tinyInfo.d, evenStops(0.3, 2, 0.005), 3),
  ],
  start: { c: 0.5, ...rounded(publishedTinyFormula(0.5)) },
  scale: scaleTiny,
  sample: (rng) => {
    const c = rng.logUniform(0.06, 1);
    return { c, ...publishedTinyFormula(c) };
  },
  sampled: "c ∈ [0.06, 1], r and d by the formula",
  presets: () =>
    publishedNetworks.flatMap(({ id, name, family, spec }) => {
      const shape = publishedTiny["abcde".indexOf(id.slice(-1))];
      if (family !== "TinyNet" || shape === undefined) return [];
      // The share that the network really has: the width solved for it is the published one.
      const baseline = publishedNetworks.find((one) => one.id === defaultBaseline)!;
      const c = complexity(spec).flops / complexity(baseline.spec).flops;
      const values = { c, r: shape.r, d: shape.d };
      return [{ id, label: name, point: { values, images: imagenetImages, baseline: defaultBaseline } }];
    }),
  // A moved budget takes r and d along the formula; moved by hand they stay where they are put.
  settle: (values, key) => {
    const c = numberAt(values, "c");
    return key === "c" && c > 0 && c <= 1 ? { ...values, ...rounded(publishedTinyFormula(c)) } : values;
  },
});

function rounded({ r, d }: { readonly r: number; readonly d: number }) {
  return { r: Math.round(1000 * r) / 1000, d: Math.round(1000 * d) / 1000 };
}

function scaleTiny(
  baseline: NetworkSpec,
  { c, r, d }: { readonly c: number; readonly r: number; readonly d: number },
) {
  const budget = Math.round(c * complexity(baseline).flops);
  const { spec, parameter, deviation } = tinyToFlops(baseline, budget, { r, d });
  const off = { symbol: "Δ", label: "multiply-adds off the budget", value: deviation };
  const percent = `${deviation < 0 ? "−" : "+"}${Math.abs(100 * deviation).toFixed(1)}%`;
  return {
    spec,
    derived: [derived("w", "width solved for the budget", parameter), { ...off, text: percent }],
  };
}

export const scalingFamilies: readonly Family[] = [dwr, compound, v2, fast, tiny];
