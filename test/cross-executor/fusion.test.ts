import { expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { defaultNorm, type NetworkSpec } from "../../src/engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";

const spec: NetworkSpec = {
  version: 1,
  input: { height: 8, width: 8, channels: 1 },
  classes: 4,
  stem: { type: "small", width: 8 },
  stages: [
    {
      block: "res_bottleneck",
      depth: 2,
      width: 16,
      stride: 2,
      bottleneckRatio: 1,
      groupWidth: 8,
      seRatio: 0.25,
    },
    { block: "mbconv", depth: 2, width: 16, stride: 1, expansion: 2, kernel: 3, seRatio: 0 },
  ],
  head: { width: 0 },
  activation: "relu",
  norm: defaultNorm,
};

test("fused or not, three steps give the same losses to 1e-12 in double precision", async () => {
  const batch = 4;
  const losses: number[][] = [];
  for (const fuse of [true, false]) {
    const rng = createRng(5, "fusion");
    const values = (length: number) => Float64Array.from({ length }, () => 0.3 * rng.normal());
    const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, fuse });
    const lengthOf = (tensor: number) => plan.tensors[tensor]?.length ?? 0;
    const named = [...plan.parameters, ...plan.statistics];
    const state = new Map(
      named.map(({ name, tensor }) => [name, values(lengthOf(tensor)).map((x) => 1 + x)]),
    );
    const images = values(lengthOf(plan.kept.images));
    const targets = new Float64Array(batch * spec.classes);
    for (let n = 0; n < batch; n++) targets[n * spec.classes + (n % spec.classes)] = 1;
    const session = await createReferenceExecutor().load(plan, state);
    const run: number[] = [];
    for (let step = 0; step < 3; step++)
      run.push((await session.step({ from: "values", images, targets }, 0.05)).lossSum);
    run.push((await session.evaluate({ from: "values", images, targets })).lossSum);
    losses.push(run);
  }
  const [fused = [], separate = []] = losses;
  for (const [i, loss] of fused.entries())
    expect(Math.abs(loss - (separate[i] ?? Number.NaN))).toBeLessThan(1e-12 * Math.abs(loss));
});
