import { buildGraph } from "../graph/build.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan } from "../plan/compile.ts";
import type { Plan } from "../plan/plan.ts";
import type { Regime } from "./regime.ts";

/** The plan of a network under a regime. */
export function planTraining(spec: NetworkSpec, regime: Regime): Plan {
  const { batch, labelSmoothing, momentum, nesterov, weightDecay } = regime;
  return compilePlan(buildGraph(spec), {
    batch,
    labelSmoothing,
    optimizer: { type: "sgd", momentum, nesterov, weightDecay },
  });
}
