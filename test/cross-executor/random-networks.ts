import type { GraphOptions } from "../../src/engine/graph/build.ts";
import { createRng, type Rng } from "../../src/engine/math/rng.ts";
import { adjustBlock } from "../../src/engine/network/adjust.ts";
import { parseNetworkSpec } from "../../src/engine/network/parse.ts";
import type { NetworkSpec, NormSpec, StageSpec } from "../../src/engine/network/spec.ts";
import type { OptimizerSpec } from "../../src/engine/plan/plan.ts";

/** A network and how it is trained, whole from a seed. */
export interface RandomNetwork {
  readonly name: string;
  readonly spec: NetworkSpec;
  readonly graph: GraphOptions;
  readonly batch: number;
  readonly optimizer: OptimizerSpec;
}

const families = [
  "anynet",
  "anynet-se",
  "basic",
  "vanilla",
  "linear",
  "effnet",
  "effnet-v2",
  "tinynet",
  "effnet-grouped",
] as const;
export type Family = (typeof families)[number];

/**
 * Networks that no folder holds: the families in turn, odd maps, widths that are no multiples of anything beside those that
 * are, groups of 1 to 64, every norm and stem, batches of 1, 3 and 5. Small enough for the plain loops of the reference.
 */
export function randomNetwork(seed: number): RandomNetwork {
  const rng = createRng(seed, "random network");
  const family = families[seed % families.length] ?? "anynet";
  const resnetStem = rng.float() < 0.2;
  const side = () => rng.int(17, resnetStem ? 33 : 25);
  const norm = normOf(rng);
  const batch = pick(rng, [1, 3, 3, 5]);
  const spec = {
    version: 1,
    input: { height: side(), width: side(), channels: pick(rng, [1, 2, 3]) },
    classes: rng.int(2, 11),
    stem: {
      type: resnetStem ? "resnet" : pick(rng, ["small", "simple", "simple"]),
      width: pick(rng, [4, 5, 6, 8, 11, 12]),
    },
    stages: Array.from({ length: rng.int(1, 2) }, (_, i) => stageOf(rng, family, i)),
    head: { width: family.startsWith("effnet") || rng.float() < 0.2 ? pick(rng, [9, 16, 28]) : 0 },
    activation: family.startsWith("effnet") || rng.float() < 0.3 ? "silu" : "relu",
    norm,
  };
  const name = `${seed} ${family}, ${norm.type}${"proxyEpsilon" in norm && norm.proxyEpsilon ? " proxied" : ""}, batch ${batch}`;
  return {
    name,
    spec: parseNetworkSpec(spec, name),
    graph: { stochasticDepth: rng.float() < 0.3, dropout: rng.float() < 0.3 },
    batch,
    optimizer: {
      type: "sgd",
      momentum: 0.9,
      nesterov: rng.float() < 0.7,
      weightDecay: pick(rng, [0, 5e-4, 0.05]),
      spareNorms: rng.float() < 0.5,
      ...(rng.float() < 0.5 ? { ema: 0.9 } : {}),
    },
  };
}

const pick = <const T>(rng: Rng, values: readonly T[]): T => rng.choice(values);

function normOf(rng: Rng): NormSpec {
  const batchNorm: NormSpec = { type: "batch", epsilon: 1e-5, momentum: 0.1 };
  const epsilon = 1e-3;
  const proxyEpsilon = pick(rng, [null, 0.03]);
  return pick(rng, [
    batchNorm,
    batchNorm,
    batchNorm,
    { type: "layer", epsilon, proxyEpsilon },
    { type: "group", groupWidth: pick(rng, [1, 3, 4, 5, 8]), epsilon, proxyEpsilon },
  ] as NormSpec[]);
}

const widths = [6, 8, 10, 12, 15, 16, 20, 24, 28, 36, 40];

function stageOf(rng: Rng, family: Family, stage: number): StageSpec {
  const width = pick(rng, widths);
  const common = { depth: rng.int(1, 2), stride: stage === 0 ? pick(rng, [1, 2]) : pick(rng, [2, 2, 3]) };
  switch (family) {
    case "basic":
      return { block: "res_basic", ...common, width };
    case "vanilla":
      return { block: "vanilla", ...common, width };
    case "anynet":
    case "anynet-se":
    case "linear": {
      const groupWidth = pick(rng, [1, 1, 2, 3, 4, 5, 8, 16, 24, 64]);
      const shape = {
        width: rng.float() < 0.2 ? 72 : width,
        bottleneckRatio: pick(rng, [0.5, 1, 1, 2, 4]),
        groupWidth,
      };
      const block = family === "linear" ? "res_bottleneck_linear" : "res_bottleneck";
      const seRatio = family === "anynet-se" ? pick(rng, [0.25, 0.5]) : 0;
      return { block, ...common, ...adjustBlock(shape), seRatio };
    }
    case "effnet":
    case "tinynet":
    case "effnet-grouped": {
      const expansion = pick(rng, [1, 3, 4, 6]);
      const grouped = family === "effnet-grouped" ? { groupWidth: pick(rng, [2, 4, 8]) } : {};
      const evenWidth = grouped.groupWidth ? 8 * rng.int(1, 4) : Math.min(width, 24);
      const kernel = pick(rng, [3, 5, 5, 7]);
      return {
        block: "mbconv",
        ...common,
        width: evenWidth,
        expansion: grouped.groupWidth ? 4 : expansion,
        kernel,
        seRatio: pick(rng, [0, 0.25, 0.25]),
        ...grouped,
      };
    }
    case "effnet-v2": {
      const fused = stage === 0;
      const kernel = pick(rng, [3, 3, 5]);
      if (fused)
        return {
          block: "fused_mbconv",
          ...common,
          width: Math.min(width, 20),
          expansion: pick(rng, [1, 2, 4]),
          kernel,
        };
      return { block: "mbconv", ...common, width: Math.min(width, 24), expansion: 4, kernel, seRatio: 0.25 };
    }
    default:
      return family satisfies never;
  }
}
