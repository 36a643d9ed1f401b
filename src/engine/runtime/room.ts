import type { Plan } from "../plan/plan.ts";
import { type Executor, ExecutorError } from "./executor.ts";

/** The same network's plan for another batch. */
export type PlanAt = (batch: number) => Plan;

/**
 * Refuses a plan that the executor has no room for, before initial values are drawn or anything is allocated. The message
 * has its size, what there is, and the largest batch, of at least `smallest` images, that there is room for.
 *
 * @throws ExecutorError "out-of-memory"
 */
export function checkRoom(executor: Executor, plan: Plan, planAt: PlanAt, smallest = 1): void {
  const room = executor.room?.(plan);
  if (room === undefined || room.needed <= room.available) return;
  const fitting = largestBatch(executor, plan.batch, planAt, smallest);
  const advice =
    fitting === undefined
      ? `not even a batch of ${smallest} would fit, take a smaller network`
      : `a batch of ${fitting} would fit`;
  throw new ExecutorError(
    "out-of-memory",
    `a network at batch ${plan.batch} needs ${megabytes(room.needed)} (${room.needed} bytes)` +
      `${room.within === undefined ? "" : ` in ${room.within}`}, ` +
      `${megabytes(room.available)} are available: ${advice}`,
  );
}

/** By bisection: more images never need less. */
function largestBatch(
  executor: Executor,
  tooLarge: number,
  planAt: PlanAt,
  smallest: number,
): number | undefined {
  const fits = (batch: number): boolean => {
    const plan = planAt(batch);
    const room = executor.room?.(plan);
    return room !== undefined && room.needed <= room.available;
  };
  let above = tooLarge;
  let fitting = smallest - 1;
  while (above - fitting > 1) {
    const middle = Math.floor((fitting + above) / 2);
    if (fits(middle)) fitting = middle;
    else above = middle;
  }
  return fitting < smallest ? undefined : fitting;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
