import { buildGraph } from "../graph/build.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan } from "../plan/compile.ts";
import type { Plan } from "../plan/plan.ts";
import { compileOptions, graphOptions, type Regime } from "./regime.ts";

/** The plan that a regime trains a network by. */
export function trainingPlan(spec: NetworkSpec, regime: Regime): Plan {
  return compilePlan(buildGraph(spec, graphOptions(regime)), compileOptions(regime));
}
