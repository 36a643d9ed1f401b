import { buildGraph } from "../../graph/build.ts";
import { createRng } from "../../math/rng.ts";
import { defaultNorm, type NetworkSpec } from "../../network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../plan/compile.ts";
import type { Plan } from "../../plan/plan.ts";
import { type Executor, ExecutorError, type ModelState } from "../executor.ts";
import { createReferenceExecutor } from "../reference/executor.ts";
import type { WebGpuExecutor } from "./executor.ts";
import { forwardMaps } from "./lower/halves.ts";

/** Small, but with odd sizes and every kind of convolution: dense, grouped, depthwise, strided, squeeze-and-excitation. */
const spec: NetworkSpec = {
  version: 1,
  input: { height: 9, width: 7, channels: 3 },
  classes: 5,
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
    { block: "mbconv", depth: 1, width: 12, stride: 2, expansion: 3, kernel: 5, seRatio: 0 },
  ],
  head: { width: 0 },
  activation: "relu",
  norm: defaultNorm,
};

/** Relative to the reference's loss; steps of float32 stay far below it, a wrong kernel far above. */
const tolerance = 1e-4;
/**
 * A map that is stored as float16 is off by a unit of its last place at most, 2⁻¹⁰ of each value, whichever way the adapter
 * rounds. Norms keep what follows at the scale of its input, so that to first order every such map adds as much to the
 * logits, and the loss of a network whose logits are of order one moves by no more than all of them together.
 */
const halfUnit = 2 ** -10;
const batch = 3;

/**
 * Trains a tiny network for two steps on an adapter and on the reference: drivers are known that compute wrong.
 * @throws ExecutorError "unsupported" if the losses differ.
 */
export async function selfTest(executor: Executor): Promise<void> {
  const plan = compilePlan(buildGraph(spec), {
    batch,
    optimizer: defaultOptimizer,
    ...(executor.fusions ? { fuse: executor.fusions } : {}),
  });
  const wanted = await losses(createReferenceExecutor(), plan);
  const found = await losses(executor, plan);
  const worst = Math.max(...wanted.map((loss, i) => Math.abs((found[i] ?? Number.NaN) / loss - 1)));
  if (worst < tolerance + (storesHalves(executor) ? forwardMaps(plan.train).length * halfUnit : 0)) return;
  throw new ExecutorError(
    "unsupported",
    `${executor.device} computes wrong: losses of a test network are off by ${(100 * worst).toPrecision(2)}%`,
  );
}

function storesHalves(executor: Executor): boolean {
  return "tiles" in executor && (executor as WebGpuExecutor).tiles.storage === "f16";
}

/** Of two steps and the evaluation behind them. */
async function losses(executor: Executor, plan: Plan): Promise<number[]> {
  const rng = createRng(1, "self-test");
  const normal = (tensor: number, scale: number) =>
    Float32Array.from({ length: plan.tensors[tensor]?.length ?? 0 }, () => scale * rng.normal());
  const state: ModelState = new Map(
    [...plan.parameters, ...plan.statistics].map(({ name, kind, tensor }) => [
      name,
      normal(tensor, 0.3).map((value) =>
        kind === "normScale" || kind === "variance" ? 1 + value ** 2 : value,
      ),
    ]),
  );
  const images = normal(plan.kept.images, 1);
  const targets = Float32Array.from({ length: batch * plan.classes }, (_, i) => (i % 6 === 0 ? 1 : 0));
  const session = await executor.load(plan, state);
  try {
    const values = { from: "values", images, targets } as const;
    const results = [await session.step(values, 0.05), await session.step(values, 0.05)];
    results.push(await session.evaluate(values));
    return results.map(({ lossSum }) => lossSum);
  } finally {
    session.dispose();
  }
}
