import type { ComparedGroup } from "../comparison-table.ts";
import { filterTrials, type TrialFilter } from "./filter.ts";
import type { Observation } from "./observation.ts";

/** What is compared: populations, or whole studies. */
export type Grouping = "population" | "study";

/**
 * Trials by population or by study, in the order in which they first appear. Populations of the same name in several
 * studies are several groups, told apart by the study's name.
 */
export function groupTrials(
  observations: readonly Observation[],
  by: Grouping,
  studyName: (study: string) => string = (study) => study,
): ComparedGroup[] {
  const groups = new Map<string, Observation[]>();
  for (const observation of observations) {
    const key = JSON.stringify(
      by === "study" ? [observation.study] : [observation.study, observation.population],
    );
    const group = groups.get(key);
    if (group) group.push(observation);
    else groups.set(key, [observation]);
  }
  const all = [...groups.values()];
  const plain = all.map(([first]) => (by === "study" ? studyName(first!.study) : first!.population));
  const isUnique = (name: string) => plain.filter((each) => each === name).length === 1;
  return all.map((group, i) => {
    const { study } = group[0]!;
    const name = plain[i]!;
    if (isUnique(name)) return { name, observations: group };
    const long = by === "study" ? `${name} (${study})` : `${name} (${studyName(study)})`;
    return { name: long, observations: group };
  });
}

/** A set of constraints under a name: "b = 1" or "d ≤ 20". */
export interface NamedFilter {
  readonly name: string;
  readonly filter: TrialFilter;
}

/**
 * Trials by the constraints that they meet, for comparisons of constraint sets (Radosavovic et al. 2020, figure 13,
 * arXiv:2003.13678). A trial may be in several groups, which a comparison of them warns of.
 */
export function groupByFilters(
  observations: readonly Observation[],
  constraints: readonly NamedFilter[],
): ComparedGroup[] {
  return constraints.map(({ name, filter }) => ({ name, observations: filterTrials(observations, filter) }));
}
