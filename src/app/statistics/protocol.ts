import type { Observation } from "../../engine/analysis/trials/observation.ts";
import type { TrialLines } from "../../engine/sweep/trial-lines.ts";
import type { StatisticName } from "./statistics.ts";

/** A group of trials that the worker knows already. */
export interface KnownGroup {
  readonly name: string;
  readonly ids: readonly string[];
}

/** What the page may ask of the statistics worker. */
export type StatisticsRequests = {
  /** Keeps these trials, or their newer states, for the computations that follow. */
  remember(observations: readonly Observation[]): void;
  /** Options and result are those of the statistic (statistics.ts). */
  compute(name: StatisticName, groups: readonly KnownGroup[], options: object): unknown;
  /** Reads a results file. @throws InputError that names the line */
  readTrials(bytes: Uint8Array): TrialLines;
};

/** Trials of a group that is asked for. */
export function groupOf(
  { name, ids }: KnownGroup,
  known: ReadonlyMap<string, Observation>,
): { readonly name: string; readonly observations: readonly Observation[] } {
  const observations = ids.map((id) => {
    const observation = known.get(id);
    if (observation === undefined) throw new RangeError(`no trial ${id} was handed over`);
    return observation;
  });
  return { name, observations };
}
