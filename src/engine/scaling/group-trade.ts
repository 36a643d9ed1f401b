import { InputError } from "../math/input-error.ts";
import { complexity } from "../network/complexity.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { type Solved, solveForFlops } from "./solve.ts";

/**
 * G-EfficientNet's trade (Masters et al. 2021, arXiv:2106.03640, §3): depthwise convolutions become group convolutions of
 * G channels a group, which hardware runs better; one global expansion ratio, smaller than the baseline's, keeps the
 * flops. Blocks that do not expand stay unexpanded.
 */
export function withGroups(baseline: NetworkSpec, groupWidth: number, expansion: number): NetworkSpec {
  const stages = baseline.stages.map((stage, i) => {
    if (stage.block === "mbconv") {
      const groups = groupWidth === 1 ? {} : { groupWidth };
      const { groupWidth: _, ...depthwise } = stage;
      return { ...depthwise, ...groups, expansion: stage.expansion === 1 ? 1 : expansion };
    }
    const message = `the trade is for mbconv stages; stage ${i + 1} is ${stage.block}`;
    throw new InputError([{ path: `stages[${i}].block`, message }]);
  });
  return { ...baseline, stages };
}

/** The expansion ratio that keeps the baseline's flops at group width G most nearly. */
export function tradeGroups(baseline: NetworkSpec, groupWidth: number): Solved {
  const { flops } = complexity(baseline);
  const make = (expansion: number) => withGroups(baseline, groupWidth, expansion);
  return solveForFlops({ name: "expansion", lowest: 1.01, highest: 16, make }, flops, "groupWidth");
}
