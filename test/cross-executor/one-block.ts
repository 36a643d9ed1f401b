import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import type { OptimizerSpec, Plan } from "../../src/engine/plan/plan.ts";
import type { Batch } from "../../src/engine/runtime/executor.ts";

/** One bottleneck block with squeeze-and-excitation on 6×6 images: every kind of parameter and statistic. */
const spec = networkOf({ ...smallImageFrame, input: { height: 6, width: 6, channels: 1 } }, [
  {
    block: "res_bottleneck",
    depth: 1,
    width: 16,
    stride: 2,
    bottleneckRatio: 1,
    groupWidth: 8,
    seRatio: 0.25,
  },
]);

export function planWith(optimizer: Partial<OptimizerSpec>): Plan {
  return compilePlan(buildGraph(spec), { batch: 4, optimizer: { ...defaultOptimizer, ...optimizer } });
}

export function batchOf(plan: Plan, seed: number): Batch {
  const rng = createRng(seed, "batch");
  const { height, width, channels } = plan.input;
  const images = Float32Array.from({ length: plan.batch * height * width * channels }, () => rng.normal());
  const targets = new Float32Array(plan.batch * plan.classes);
  for (let n = 0; n < plan.batch; n++) targets[n * plan.classes + rng.int(0, plan.classes - 1)] = 1;
  return { from: "values", images, targets };
}
