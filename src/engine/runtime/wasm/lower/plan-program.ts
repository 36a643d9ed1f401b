import type { Plan } from "../../../plan/plan.ts";
import { lowerCall } from "./lower.ts";
import { Program, type RecordList } from "./program.ts";

/** A plan as records: its memory described, and the lists that are walked. */
export interface LoweredPlan {
  readonly program: Program;
  readonly train: RecordList;
  readonly evaluate: RecordList;
  /** Empty where the plan has no moving averages. */
  readonly evaluateAverages: RecordList;
}

/** @param threads that the scratch is made for. */
export function lowerPlan(plan: Plan, threads: number): LoweredPlan {
  const program = new Program(plan, threads);
  return {
    program,
    // One walk from the batch's bytes to the update: threads are woken once a step.
    train: program.list([plan.gather, ...plan.train], lowerCall),
    evaluate: program.list([plan.gather, ...plan.evaluate], lowerCall),
    evaluateAverages: program.list(
      plan.evaluateAverages ? [plan.gather, ...plan.evaluateAverages] : [],
      lowerCall,
    ),
  };
}
