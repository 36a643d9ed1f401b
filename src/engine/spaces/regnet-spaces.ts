import { complexity } from "../network/complexity.ts";
import { specLimits } from "../network/spec.ts";
import { perSetting } from "./parameter.ts";
import type { ParameterName } from "./parameter-draw.ts";
import { type PlainBlock, type RegNetParams, regnetSpec } from "./regnet.ts";
import { regnetFits, regnetParameters, sampleRegnet } from "./regnet-sampler.ts";
import { type Interval, multiplesIn, powersIn, type Ranges, type SpaceSetting } from "./setting.ts";
import type { Space } from "./space.ts";

/** What a variant changes of RegNetX. */
interface Variant {
  readonly label: string;
  readonly description: string;
  /** Free parameters of d, w_0, w_a, w_m, b, g. */
  readonly free: readonly ("d" | "w0" | "wa" | "wm" | "b" | "g")[];
  /** Another block. */
  readonly block?: PlainBlock;
  /** Narrows the setting's ranges. */
  narrow?(ranges: Ranges): Ranges;
  /** Binds what is not free, */
  bind?(params: RegNetParams): RegNetParams;
  /** so that a population cannot draw it otherwise. */
  readonly bound?: readonly ParameterName[];
  /** Narrower than what a network can be made of. */
  readonly limits?: { readonly [name in ParameterName]?: Interval };
  /** Squeeze ratio where nothing is said; left out it is 0. */
  readonly seRatio?: number;
  /** Rejects draws that the ranges alone let through. */
  accepts?(params: RegNetParams, setting: SpaceSetting): boolean;
}

const all = ["d", "w0", "wa", "wm", "b", "g"] as const;

/** A group as wide as the bottleneck: `adjustBlock` narrows it to that. */
const oneGroup = specLimits.channels;

/** What a block of one 3×3 convolution has not. */
const plain = ["bottleneckRatio", "groupWidth", "seRatio"] as const;

export const regnetSpaces = {
  regnetx: space("regnetx", {
    label: "RegNetX",
    description: "Widths on a quantized line: d, w_0, w_a, w_m, one b and one g",
    free: all,
  }),
  regnety: space("regnety", {
    label: "RegNetY",
    description: "RegNetX with squeeze-and-excitation (ratio 1/4)",
    free: all,
    seRatio: 0.25,
  }),
  // RegNet paper, §3.3: simplifications that leave the EDF as it is.
  "regnetx-wm2": space("regnetx-wm2", {
    label: "RegNetX, w_m = 2",
    description: "RegNetX whose widths double from stage to stage",
    free: ["d", "w0", "wa", "b", "g"],
    bind: (params) => ({ ...params, widthMultiplier: 2 }),
    bound: ["widthMultiplier"],
  }),
  "regnetx-w0wa": space("regnetx-w0wa", {
    label: "RegNetX, w_0 = w_a",
    description: "RegNetX whose line goes through the origin: u_j = w_a·(j + 1)",
    free: ["d", "wa", "wm", "b", "g"],
    bind: (params) => ({ ...params, slope: params.initialWidth }),
    bound: ["slope"],
  }),
  // RegNet paper, §4: the space of the published networks; parameters and activations bounded by the flops F (in GF),
  // with the rule of thumb of pycls' sweeps: params < 3 + 5.5 F and acts < 6.5 √F, in millions.
  "regnetx-restricted": space("regnetx-restricted", {
    label: "RegNetX, restricted",
    description: "RegNetX with b = 1, d ≤ 40, w_m ≥ 2, and params and acts bounded by the flops",
    free: ["d", "w0", "wa", "wm", "g"],
    narrow: ({ depth: [shallow, deep], widthMultiplier: [low, high], ...ranges }) => ({
      ...ranges,
      depth: [shallow, Math.min(40, deep)],
      widthMultiplier: [Math.max(2, low), high],
      bottleneckRatios: [1],
    }),
    bound: ["bottleneckRatio"],
    limits: { depth: [1, 40], widthMultiplier: [2, 16] },
    accepts: leanForItsFlops,
  }),
  // RegNet paper, appendix D ("Block types"): the R block is the X block without groups, V a single 3×3 convolution, VR
  // the same with a shortcut.
  regnetr: space("regnetr", {
    label: "RegNet, R block",
    description: "The X block with a single group: a plain residual bottleneck",
    free: ["d", "w0", "wa", "wm", "b"],
    bind: (params) => ({ ...params, groupWidth: oneGroup }),
    bound: ["groupWidth"],
  }),
  regnetv: space("regnetv", {
    label: "RegNet, V block",
    description: "A single 3×3 convolution without a shortcut",
    free: ["d", "w0", "wa", "wm"],
    bound: plain,
    block: "vanilla",
  }),
  regnetvr: space("regnetvr", {
    label: "RegNet, VR block",
    description: "A single 3×3 convolution with a shortcut",
    free: ["d", "w0", "wa", "wm"],
    bound: plain,
    block: "res_basic",
  }),
} as const satisfies Record<string, Space>;

function space(id: string, variant: Variant): Space {
  const { label, description, free, block, bound = [], limits = {}, seRatio = 0 } = variant;
  const within = perSetting((setting) =>
    variant.narrow ? { ...setting, ranges: variant.narrow(setting.ranges) } : setting,
  );
  return {
    id,
    label,
    description,
    degreesOfFreedom: () => free.length,
    log10Size: (setting) => free.reduce((sum, param) => sum + Math.log10(countOf(param, within(setting))), 0),
    parameters: (setting) =>
      regnetParameters({ ranges: variant.narrow ? variant.narrow(setting.ranges) : setting.ranges })
        .filter(({ name }) => !bound.includes(name))
        .map((parameter) => ({
          ...parameter,
          limits: limits[parameter.name] ?? parameter.limits,
          usual: parameter.name === "seRatio" ? [seRatio] : parameter.usual,
        })),
    sample(rng, whole) {
      const setting = within(whole);
      const drawn = sampleRegnet(rng, setting, seRatio);
      const params = variant.bind ? variant.bind(drawn) : drawn;
      if (!regnetFits(params, setting)) return undefined;
      if (variant.accepts && !variant.accepts(params, setting)) return undefined;
      const spec = regnetSpec(params, setting.frame, setting.strides, block);
      return {
        spec,
        params: block ? { family: "regnet-plain", block, ...params } : { family: "regnet", ...params },
      };
    },
  };
}

/** The paper counts 64 distinguishable values of each width parameter: 64⁴·6·3 with its d, g and b. */
function countOf(param: Variant["free"][number], { ranges }: SpaceSetting): number {
  switch (param) {
    case "d":
      return multiplesIn(ranges.depth, 1);
    case "b":
      return ranges.bottleneckRatios.length;
    case "g":
      return powersIn(ranges.groupWidth);
    default:
      return 64;
  }
}

function leanForItsFlops(params: RegNetParams, setting: SpaceSetting): boolean {
  const cost = complexity(regnetSpec(params, setting.frame, setting.strides));
  const gigaflops = cost.flops / 1e9;
  return cost.params < (3 + 5.5 * gigaflops) * 1e6 && cost.acts < 6.5 * Math.sqrt(gigaflops) * 1e6;
}
