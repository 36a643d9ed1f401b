import { buildGraph } from "../graph/build.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan } from "../plan/compile.ts";
import type { Fusions } from "../plan/fusion.ts";
import type { Plan } from "../plan/plan.ts";
import { compileOptions, graphOptions, type Regime } from "./regime.ts";

/** The plan that a regime trains a network by. @param fuse what the executor gains from. */
export function trainingPlan(spec: NetworkSpec, regime: Regime, fuse: boolean | Fusions = true): Plan {
  return compilePlan(buildGraph(spec, graphOptions(regime)), { ...compileOptions(regime), fuse });
}
