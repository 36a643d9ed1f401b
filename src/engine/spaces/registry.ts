import type { Rng } from "../math/rng.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { type AnyNetParams, anynetSpec } from "./anynet.ts";
import { type AnyNetVariant, sampleAnynet } from "./anynet-sampler.ts";
import { type RegNetParams, regnetSpec } from "./regnet.ts";
import { regnetFits, sampleRegnet } from "./regnet-sampler.ts";
import type { SpaceSetting } from "./setting.ts";

/** Where a network comes from: the parameters that its family builds it of. */
export type NetworkParams =
  | ({ readonly family: "anynet" } & AnyNetParams)
  | ({ readonly family: "regnet" } & RegNetParams);

export interface SampledNetwork {
  readonly spec: NetworkSpec;
  readonly params: NetworkParams;
}

/** A design space: a set of networks with a distribution over it. */
export interface Space {
  readonly id: SpaceId;
  readonly label: string;
  /** One line: what is free and what is bound. */
  readonly description: string;
  /** Number of free parameters, given the number of stages. */
  degreesOfFreedom(stages: number): number;
  /** Draws once; undefined when the draw is not a network of the space in this setting. */
  sample(rng: Rng, setting: SpaceSetting): SampledNetwork | undefined;
}

export const spaceIds = [
  "anynetxa",
  "anynetxb",
  "anynetxc",
  "anynetxd",
  "anynetxe",
  "regnetx",
  "regnety",
] as const;

export type SpaceId = (typeof spaceIds)[number];

const registry: Readonly<Record<SpaceId, Space>> = {
  anynetxa: anynet("a", "Depth, width, bottleneck ratio and group width free in every stage", (n) => 4 * n),
  anynetxb: anynet("b", "AnyNetXA with one bottleneck ratio for all stages", (n) => 3 * n + 1),
  anynetxc: anynet("c", "AnyNetXB with one group width for all stages", (n) => 2 * n + 2),
  anynetxd: anynet("d", "AnyNetXC with widths that never shrink from stage to stage", (n) => 2 * n + 2),
  anynetxe: anynet("e", "AnyNetXD with depths that never shrink from stage to stage", (n) => 2 * n + 2),
  regnetx: regnet("regnetx", "RegNetX", "Widths on a quantized line: d, w_0, w_a, w_m, one b and one g", 0),
  regnety: regnet("regnety", "RegNetY", "RegNetX with squeeze-and-excitation (ratio 1/4)", 0.25),
};

/** All spaces, in the order in which the paper narrows them. */
export const spaces: readonly Space[] = spaceIds.map((id) => registry[id]);

export function spaceOf(id: SpaceId): Space {
  return registry[id];
}

function anynet(variant: AnyNetVariant, description: string, freedom: (stages: number) => number): Space {
  return {
    id: `anynetx${variant}`,
    label: `AnyNetX${variant.toUpperCase()}`,
    description,
    degreesOfFreedom: freedom,
    sample(rng, setting) {
      const params = sampleAnynet(rng, variant, setting);
      return { spec: anynetSpec(params, setting.frame), params: { family: "anynet", ...params } };
    },
  };
}

function regnet(id: "regnetx" | "regnety", label: string, description: string, seRatio: number): Space {
  return {
    id,
    label,
    description,
    degreesOfFreedom: () => 6,
    sample(rng, setting) {
      const params = sampleRegnet(rng, setting, seRatio);
      if (!regnetFits(params, setting)) return undefined;
      return {
        spec: regnetSpec(params, setting.frame, setting.strides),
        params: { family: "regnet", ...params },
      };
    },
  };
}
