import { bottleneckWidth } from "./blocks/bottleneck.ts";
import { complexity } from "./complexity.ts";
import { InputError, type InputIssue, parseWith } from "./errors.ts";
import { type NetworkSpec, networkSpecSchema, type StageSpec, specLimits } from "./spec.ts";

/** A NetworkSpec from anything; throws an InputError that names every field that does not fit. */
export function parseNetworkSpec(value: unknown, root = "spec"): NetworkSpec {
  const spec: NetworkSpec = parseWith(networkSpecSchema, value, root);
  const [first, ...rest] = checkNetworkSpec(spec, root);
  if (first) throw new InputError([first, ...rest]);
  return spec;
}

/** What the schema cannot say: fields that must fit together. Empty for a network that can be built. */
export function checkNetworkSpec(spec: NetworkSpec, root = "spec"): InputIssue[] {
  const issues = spec.stages.flatMap((stage, i) => checkStage(stage, `${root}.stages[${i}]`));
  if (issues.length === 0 && !Number.isSafeInteger(complexity(spec).flops)) {
    issues.push({ path: root, problem: "needs more multiply-adds than can be counted exactly (2^53)" });
  }
  return issues;
}

function checkStage(stage: StageSpec, path: string): InputIssue[] {
  if (stage.block !== "res_bottleneck" && stage.block !== "res_bottleneck_linear") return [];
  const v = bottleneckWidth(stage.width, stage.bottleneckRatio);
  const shape = `width ${stage.width} / bottleneckRatio ${stage.bottleneckRatio}`;
  if (v < 1 || v > specLimits.channels) {
    const problem = `bottleneck width ${v} (${shape}) must be from 1 to ${specLimits.channels}`;
    return [{ path: `${path}.bottleneckRatio`, problem }];
  }
  if (v % stage.groupWidth !== 0) {
    const problem = `must divide the bottleneck width ${v} (${shape}) (got ${stage.groupWidth})`;
    return [{ path: `${path}.groupWidth`, problem }];
  }
  return [];
}
