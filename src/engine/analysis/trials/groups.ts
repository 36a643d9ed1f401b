import type { ComparedGroup } from "../comparison-table.ts";
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
