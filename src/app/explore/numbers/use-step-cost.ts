import { useEffect, useState } from "react";
import { buildGraph } from "../../../engine/graph/build.ts";
import type { NetworkSpec } from "../../../engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../../engine/plan/compile.ts";
import { planBytes } from "../../../engine/plan/plan.ts";
import { intensityOf, macsPerByte } from "../../../engine/plan/traffic.ts";
import { whenIdle } from "../model/idle.ts";

export const stepBatch = 64;

/** What only a compiled plan knows of a training step. */
export interface StepCost {
  readonly bytes: number;
  /** Multiply-adds per byte moved. */
  readonly intensity: number;
}

/** Networks of more blocks than this would keep the page busy for too long. */
const mostBlocks = 400;

/** Compiled when the knobs have rested; undefined until then, null where the network is too deep to compile here. */
export function useStepCost(spec: NetworkSpec): StepCost | null | undefined {
  const [known, setKnown] = useState<{ readonly spec: NetworkSpec; readonly cost: StepCost | null }>();
  useEffect(() => {
    let cancel = () => {};
    const timer = setTimeout(() => {
      cancel = whenIdle(() => {
        setKnown({ spec, cost: stepCost(spec) });
        return false;
      });
    }, 150);
    return () => {
      clearTimeout(timer);
      cancel();
    };
  }, [spec]);
  return known?.spec === spec ? known.cost : undefined;
}

function stepCost(spec: NetworkSpec): StepCost | null {
  const blocks = spec.stages.reduce((sum, stage) => sum + stage.depth, 0);
  if (blocks > mostBlocks) return null;
  const plan = compilePlan(buildGraph(spec), { batch: stepBatch, optimizer: defaultOptimizer });
  return { bytes: planBytes(plan), intensity: macsPerByte(intensityOf(plan, "training").total) };
}
