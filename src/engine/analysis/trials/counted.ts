import { type Finding, found, missing } from "../finding.ts";
import type { Observation } from "./observation.ts";

/** How the trials of a group ended. */
export interface TrialCounts {
  readonly trials: number;
  /** Those that an EDF is made of: done and diverged. */
  readonly counted: number;
  readonly done: number;
  readonly diverged: number;
  readonly failed: number;
  /** Ended by a rule of the study before the last epoch. */
  readonly cut: number;
  /** Waiting at a rung, stopped, interrupted or still training. */
  readonly unfinished: number;
}

export function countTrials(observations: readonly Observation[]): TrialCounts {
  const of = (...statuses: readonly Observation["status"][]) =>
    observations.filter(({ status }) => statuses.includes(status)).length;
  return {
    trials: observations.length,
    counted: observations.filter(({ error }) => error !== null).length,
    done: of("done"),
    diverged: of("diverged"),
    failed: of("failed"),
    cut: of("cut"),
    unfinished: of("waits", "stopped", "interrupted", "training"),
  };
}

const endings = [
  ["done", "without an error"],
  ["diverged", "diverged"],
  ["failed", "failed"],
  ["cut", "cut"],
  ["waits", "at a rung of halving"],
  ["training", "training"],
  ["stopped", "stopped"],
  ["interrupted", "interrupted"],
] as const satisfies readonly (readonly [Observation["status"], string])[];

/** `4 cut, 3 at a rung of halving, 1 training`: of trials without an error, how each ended or where it is. */
export function endsText(observations: readonly Pick<Observation, "status">[]): string {
  return endings
    .map(([status, words]) => [observations.filter((each) => each.status === status).length, words] as const)
    .filter(([n]) => n > 0)
    .map(([n, words]) => `${n} ${words}`)
    .join(", ");
}

/**
 * The errors that count, in the order of the trials. Missing where there are none, and where every one of them is a
 * diverged network's: such errors are 1 by definition, and no statistic of them says anything.
 */
export function countedErrors(
  observations: readonly Observation[],
  name = "The population",
): Finding<number[]> {
  const { trials, counted, done, failed, diverged } = countTrials(observations);
  if (trials === 0) return missing("no-trials", `${name} has no trials.`);
  if (counted === 0) {
    const ends = endsText(observations);
    // A network on its way, or one that a rule of the study cut, is no fault.
    const message =
      failed + done > 0
        ? `${name} has no trial that counts: ${ends}.`
        : `${name}: no network is trained to the end yet (${ends}).`;
    return missing("none-finished", message);
  }
  if (counted === diverged) {
    const which = counted === 1 ? "The one trial" : `All ${counted} trials`;
    return missing(
      "only-diverged",
      `${which} of ${name === "The population" ? "the population" : name} diverged.`,
    );
  }
  return found(observations.flatMap(({ error }) => (error === null ? [] : [error])));
}
