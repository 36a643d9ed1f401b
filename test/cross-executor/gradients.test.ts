import { expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import type { NetworkSpec, NormSpec, StageSpec } from "../../src/engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { keepLength } from "../../src/engine/runtime/checks.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";

// Central differences in double precision. SiLU throughout: a kink of ReLU inside the difference would be an error of
// the method, not of the gradient.

const common = { depth: 2, width: 8, stride: 2 };
const bottleneck = { ...common, bottleneckRatio: 0.5, groupWidth: 4, seRatio: 0.25 };
const x: StageSpec = { block: "res_bottleneck", ...bottleneck };
const mbconv: StageSpec = { block: "mbconv", ...common, expansion: 3, kernel: 5, seRatio: 0.5 };
const batchNorm: NormSpec = { type: "batch", epsilon: 1e-3, momentum: 0.1 };
const layerNorm: NormSpec = { type: "layer", epsilon: 1e-3, proxyEpsilon: null };
const groupNorm: NormSpec = { type: "group", groupWidth: 4, epsilon: 1e-3, proxyEpsilon: null };

interface GradientCase {
  readonly name: string;
  readonly stage: StageSpec;
  readonly norm?: NormSpec;
  readonly stochasticDepth?: boolean;
  readonly dropout?: boolean;
}

const cases: readonly GradientCase[] = [
  { name: "vanilla", stage: { block: "vanilla", ...common } },
  { name: "res_basic", stage: { block: "res_basic", ...common } },
  { name: "V of the RegNet appendix", stage: { block: "vanilla", ...common, convolutions: 1 } },
  { name: "VR of the RegNet appendix", stage: { block: "res_basic", ...common, convolutions: 1 } },
  { name: "res_bottleneck", stage: x },
  { name: "res_bottleneck_linear", stage: { block: "res_bottleneck_linear", ...bottleneck } },
  { name: "mbconv", stage: mbconv },
  { name: "fused_mbconv", stage: { block: "fused_mbconv", ...common, expansion: 2, kernel: 3 } },
  { name: "layer norm", stage: x, norm: layerNorm },
  { name: "group norm", stage: x, norm: groupNorm },
  { name: "proxy-normalized layer norm", stage: x, norm: { ...layerNorm, proxyEpsilon: 0.03 } },
  { name: "proxy-normalized group norm, MBConv", stage: mbconv, norm: { ...groupNorm, proxyEpsilon: 0.03 } },
  { name: "stochastic depth", stage: x, stochasticDepth: true },
  { name: "stochastic depth, MBConv", stage: mbconv, stochasticDepth: true },
  { name: "dropout", stage: x, dropout: true },
  { name: "dropout and stochastic depth", stage: mbconv, dropout: true, stochasticDepth: true },
];

test.each(cases)("$name: gradients equal finite differences within 1e-6", async (gradientCase) => {
  const { name: stream, stage, norm = batchNorm, stochasticDepth = false, dropout = false } = gradientCase;
  const spec: NetworkSpec = {
    version: 1,
    input: { height: 7, width: 6, channels: 2 },
    classes: 3,
    stem: { type: "small", width: 6 },
    stages: [stage],
    head: { width: 5 },
    activation: "silu",
    norm,
  };
  const batch = 3;
  const graph = buildGraph(spec, { stochasticDepth, dropout });
  const plan = compilePlan(graph, { batch, optimizer: defaultOptimizer });
  const rng = createRng(11, stream);
  const values = (length: number, scale: number) => Float64Array.from({ length }, () => scale * rng.normal());
  const lengthOf = (tensor: number) => plan.tensors[tensor]?.length ?? 0;
  const state = new Map(
    [...plan.parameters, ...plan.statistics].map(({ name, kind, tensor }) => [
      name,
      values(lengthOf(tensor), 0.4).map((value) =>
        kind === "normScale" || kind === "variance" ? 1 + value : value,
      ),
    ]),
  );
  const images = values(lengthOf(plan.kept.images), 1);
  const targets = Float64Array.from([0.7, 0.2, 0.1, 0, 1, 0, 0.05, 0.05, 0.9]);
  const keep = Float32Array.from({ length: keepLength(plan) }, () => (rng.float() < 0.5 ? 0 : 2));
  const executor = createReferenceExecutor();
  const lossOf = async (changed: ReadonlyMap<string, Float64Array>) => {
    const session = await executor.load(plan, changed);
    const { lossSum } = await session.step({ from: "values", images, targets }, 0, keep);
    return { loss: lossSum / batch, session };
  };
  const { session } = await lossOf(state);
  const h = 1e-5;
  for (const { name, tensor } of plan.parameters) {
    const gradient = await session.read(`grad:${name}`);
    const element = rng.int(0, lengthOf(tensor) - 1);
    const at = async (delta: number) => {
      const moved = state.get(name)?.slice() ?? new Float64Array();
      moved[element] = (moved[element] ?? 0) + delta;
      return (await lossOf(new Map(state).set(name, moved))).loss;
    };
    const difference = ((await at(h)) - (await at(-h))) / (2 * h);
    expect(Math.abs((gradient[element] ?? Number.NaN) - difference), `${name}[${element}]`).toBeLessThan(
      1e-6,
    );
  }
});
