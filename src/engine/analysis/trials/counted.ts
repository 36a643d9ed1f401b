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

/**
 * The errors that count, in the order of the trials. Missing where there are none, and where every one of them is a
 * diverged network's: such errors are 1 by definition, and no statistic of them says anything.
 */
export function countedErrors(
  observations: readonly Observation[],
  name = "The population",
): Finding<number[]> {
  const { trials, counted, done, failed, cut, unfinished, diverged } = countTrials(observations);
  if (trials === 0) return missing("no-trials", `${name} has no trials.`);
  if (counted === 0) {
    const why = [
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(cut > 0 ? [`${cut} cut`] : []),
      ...(unfinished > 0 ? [`${unfinished} not finished`] : []),
      ...(done > 0 ? [`${done} without an error`] : []),
    ];
    return missing("none-finished", `${name} has no trial that counts: ${why.join(", ")}.`);
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
