import { InputError } from "../math/input-error.ts";
import { complexity } from "../network/complexity.ts";
import { type NetworkSpec, specLimits } from "../network/spec.ts";
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

const lowestExpansion = 1.01;

/** The expansion ratio that keeps the baseline's flops at group width G most nearly. */
export function tradeGroups(baseline: NetworkSpec, groupWidth: number): Solved {
  const { flops } = complexity(baseline);
  const affords = (width: number) => complexity(withGroups(baseline, width, lowestExpansion)).flops <= flops;
  if (!(Number.isInteger(groupWidth) && groupWidth >= 1 && affords(groupWidth))) {
    let widest = 1;
    while (widest < specLimits.channels && affords(widest + 1)) widest += 1;
    const allowed = `expected a whole number from 1 to ${widest}, which this network's multiply-adds pay for`;
    throw new InputError([{ path: "groupWidth", message: `${groupWidth} is not allowed; ${allowed}` }]);
  }
  const make = (expansion: number) => withGroups(baseline, groupWidth, expansion);
  return solveForFlops({ name: "expansion", lowest: lowestExpansion, highest: 16, make }, flops);
}
