import type { NetworkSpec } from "../network/spec.ts";
import type { Plan } from "../plan/plan.ts";
import type { Executor, ModelState, Session } from "../runtime/executor.ts";
import { checkRoom } from "../runtime/room.ts";
import type { Phase } from "./phases.ts";
import { type Regime, regimeLimits } from "./regime.ts";
import { trainingPlan } from "./training-plan.ts";

/**
 * The network of a run on its executor, phase after phase. Phases of one image size share a session; where the size
 * changes the network is loaded anew from a checkpoint of the old session: weights, statistics, momenta and averages have
 * no size of their own.
 */
export class PhaseSession {
  readonly #executor: Executor;
  /** By height of the images. */
  readonly #plans = new Map<number, Plan>();
  #session: Session | undefined;

  /** @throws ExecutorError "out-of-memory" where there is no room for one of the phases. */
  constructor(executor: Executor, regime: Regime, phases: readonly Phase[]) {
    this.#executor = executor;
    for (const { spec } of phases) {
      if (this.#plans.has(spec.input.height)) continue;
      const planAt = (batch: number) => trainingPlan(spec, { ...regime, batch }, executor.fusions);
      const plan = planAt(regime.batch);
      checkRoom(executor, plan, planAt, regimeLimits.batch.min);
      this.#plans.set(spec.input.height, plan);
    }
  }

  planOf({ input }: NetworkSpec): Plan {
    const plan = this.#plans.get(input.height);
    if (plan === undefined) throw new RangeError(`no phase has images of ${input.height} pixels`);
    return plan;
  }

  /** Loads the network for a phase, unless it is loaded for its size; `begin` gives the state of the first one. */
  async enter({ spec }: Phase, begin: (plan: Plan) => ModelState): Promise<Session> {
    const plan = this.planOf(spec);
    const before = this.#session;
    if (before?.plan === plan) return before;
    const state = before === undefined ? begin(plan) : await before.readCheckpoint();
    // One after the other: there may be no room for both.
    this.dispose();
    this.#session = await this.#executor.load(plan, state);
    return this.#session;
  }

  dispose(): void {
    this.#session?.dispose();
    this.#session = undefined;
  }
}
