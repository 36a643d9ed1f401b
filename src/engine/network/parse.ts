import { InputError, type InputProblem, parseInput } from "../math/input-error.ts";
import { bottleneckWidth } from "./blocks/bottleneck.ts";
import { complexity } from "./complexity.ts";
import { type NetworkSpec, networkSpecSchema, type StageSpec, specLimits } from "./spec.ts";

/** A NetworkSpec from anything; throws an InputError that names every field that does not fit. */
export function parseNetworkSpec(value: unknown, root = "spec"): NetworkSpec {
  const spec: NetworkSpec = parseInput(networkSpecSchema, value, root);
  const problems = checkNetworkSpec(spec, root);
  if (problems.length > 0) throw new InputError(problems);
  return spec;
}

/** What the schema cannot say: fields that must fit together. Empty for a network that can be built. */
export function checkNetworkSpec(spec: NetworkSpec, root = "spec"): InputProblem[] {
  const problems = spec.stages.flatMap((stage, i) => checkStage(stage, `${root}.stages[${i}]`));
  if (problems.length === 0 && !Number.isSafeInteger(complexity(spec).flops)) {
    problems.push({ path: root, message: "needs more multiply-adds than can be counted exactly (2^53)" });
  }
  return problems;
}

function checkStage(stage: StageSpec, path: string): InputProblem[] {
  if (stage.block !== "res_bottleneck" && stage.block !== "res_bottleneck_linear") return [];
  const v = bottleneckWidth(stage.width, stage.bottleneckRatio);
  const shape = `width ${stage.width} / bottleneckRatio ${stage.bottleneckRatio}`;
  if (v < 1 || v > specLimits.channels) {
    const message = `bottleneck width ${v} (${shape}) is not allowed; expected from 1 to ${specLimits.channels}`;
    return [{ path: `${path}.bottleneckRatio`, message }];
  }
  if (v % stage.groupWidth !== 0) {
    const message = `${stage.groupWidth} is not allowed; expected a divisor of the bottleneck width ${v} (${shape})`;
    return [{ path: `${path}.groupWidth`, message }];
  }
  return [];
}
