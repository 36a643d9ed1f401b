import { anynetSpec } from "./anynet.ts";
import { type AnyNetVariant, anynetParameters, sampleAnynet } from "./anynet-sampler.ts";
import { multiplesIn, powersIn, type Ranges } from "./setting.ts";
import type { Space } from "./space.ts";

/** The AnyNetX spaces (RegNet paper, §3.2): each narrows the one before it. */
export const anynetSpaces = {
  anynetxa: space("a", "Depth, width, bottleneck ratio and group width free in every stage", (n) => 4 * n),
  anynetxb: space("b", "AnyNetXA with one bottleneck ratio for all stages", (n) => 3 * n + 1),
  anynetxc: space("c", "AnyNetXB with one group width for all stages", (n) => 2 * n + 2),
  anynetxd: space("d", "AnyNetXC with widths that never shrink from stage to stage", (n) => 2 * n + 2),
  anynetxe: space("e", "AnyNetXD with depths that never shrink from stage to stage", (n) => 2 * n + 2),
} as const satisfies Record<string, Space>;

function space(variant: AnyNetVariant, description: string, freedom: (stages: number) => number): Space {
  return {
    id: `anynetx${variant}`,
    label: `AnyNetX${variant.toUpperCase()}`,
    description,
    degreesOfFreedom: freedom,
    parameters: anynetParameters,
    log10Size: ({ ranges, stages }) => logSize(variant, ranges, stages),
    sample(rng, setting) {
      const params = sampleAnynet(rng, variant, setting);
      return { spec: anynetSpec(params, setting.frame), params: { family: "anynet", ...params } };
    },
  };
}

/** (16·128·3·6)⁴ for A of the paper; each order of n stages divides by n!. */
function logSize(variant: AnyNetVariant, ranges: Ranges, stages: number): number {
  const shape = Math.log10(multiplesIn(ranges.stageDepth, 1) * multiplesIn(ranges.width, 8));
  const ratio = Math.log10(ranges.bottleneckRatios.length);
  const group = Math.log10(powersIn(ranges.groupWidth));
  const order = Array.from({ length: stages }, (_, i) => Math.log10(i + 1)).reduce(
    (sum, part) => sum + part,
    0,
  );
  return (
    stages * shape +
    (variant === "a" ? stages : 1) * ratio +
    (variant === "a" || variant === "b" ? stages : 1) * group -
    (variant === "d" ? order : variant === "e" ? 2 * order : 0)
  );
}
