import type { Batch, BatchResult, Session, StepRequest, Weights } from "./executor.ts";

/** Steps one after the other, in one go where the session can. */
export async function runSteps(
  session: Session,
  steps: readonly StepRequest[],
): Promise<readonly BatchResult[]> {
  if (session.steps) return session.steps(steps);
  const results: BatchResult[] = [];
  for (const { batch, learningRate, keep } of steps)
    results.push(await session.step(batch, learningRate, keep));
  return results;
}

/** Evaluations one after the other, in one go where the session can. */
export async function runEvaluations(
  session: Session,
  batches: readonly Batch[],
  weights?: Weights,
): Promise<readonly BatchResult[]> {
  if (session.evaluations) return session.evaluations(batches, weights);
  const results: BatchResult[] = [];
  for (const batch of batches) results.push(await session.evaluate(batch, weights));
  return results;
}
