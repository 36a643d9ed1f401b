import type { ComparedGroup } from "../../engine/analysis/comparison-table.ts";
import { type Observation, observeAll } from "../../engine/analysis/trials/observation.ts";
import { perNetwork } from "../../engine/analysis/trials/per-network.ts";
import type { Trial } from "../../engine/sweep/trial.ts";
import { groupKey, parseGroupKey } from "./compare-address.ts";

/** A study that can be compared: kept in this browser, or read from a results file. */
export interface CompareSource {
  readonly studyId: string;
  readonly name: string;
  /** Name of the file; undefined for a study of this browser. */
  readonly file: string | undefined;
  readonly populations: readonly string[];
  readonly observations: readonly Observation[];
}

export function sourceOf(
  study: {
    readonly studyId: string;
    readonly name: string;
    readonly file?: string;
    /** In their order; left out, that of the trials. */
    readonly populations?: readonly string[];
  },
  trials: Iterable<Trial>,
): CompareSource {
  const observations = perNetwork(observeAll(trials));
  const { studyId, name, file } = study;
  const populations = study.populations ?? [...new Set(observations.map(({ population }) => population))];
  return { studyId, name, file, populations, observations };
}

/** The studies of a results file, named after it. Of trials that are recorded twice the last record counts. */
export function sourcesOfFile(fileName: string, trials: readonly Trial[]): CompareSource[] {
  const studies = new Map<string, Map<string, Trial>>();
  for (const trial of trials) {
    const own = studies.get(trial.study) ?? new Map<string, Trial>();
    studies.set(trial.study, own.set(trial.id, trial));
  }
  const stem = fileName.replace(/\.jsonl?$/i, "");
  return [...studies].map(([studyId, own], i) =>
    sourceOf({ studyId, name: studies.size === 1 ? stem : `${stem} ${i + 1}`, file: fileName }, own.values()),
  );
}

/** A chosen group with its trials; without them where its study is not here. */
export interface ChosenGroup {
  readonly key: string;
  readonly name: string;
  readonly group: ComparedGroup | undefined;
  readonly source: CompareSource | undefined;
}

/** Gives the same arrays for the same sources, so that what is computed of them is computed once. */
export function createGroups(): (
  chosen: readonly string[],
  sources: ReadonlyMap<string, CompareSource>,
) => ChosenGroup[] {
  const kept = new WeakMap<readonly Observation[], Map<string, readonly Observation[]>>();
  const observationsOf = (source: CompareSource, population: string | undefined) => {
    if (population === undefined) return source.observations;
    const own = kept.get(source.observations) ?? new Map<string, readonly Observation[]>();
    kept.set(source.observations, own);
    const known = own.get(population) ?? source.observations.filter((each) => each.population === population);
    own.set(population, known);
    return known;
  };
  return (chosen, sources) => {
    const parts = chosen.map((key) => ({ key, ...parseGroupKey(key) }));
    const plain = parts.map(
      ({ studyId, population }) => population ?? sources.get(studyId)?.name ?? "unknown study",
    );
    const taken = new Map<string, number>();
    return parts.map(({ key, studyId, population }, i) => {
      const source = sources.get(studyId);
      const twice = plain.filter((name) => name === plain[i]).length > 1;
      const wanted = twice && source !== undefined ? `${plain[i]}, ${source.name}` : plain[i]!;
      const count = (taken.get(wanted) ?? 0) + 1;
      taken.set(wanted, count);
      const name = count === 1 ? wanted : `${wanted} (${count})`;
      const known =
        source !== undefined && (population === undefined || source.populations.includes(population));
      return {
        key,
        name,
        source,
        group: known ? { name, observations: observationsOf(source, population) } : undefined,
      };
    });
  };
}

/** Keys of all that can be chosen of a study: its populations, and, of several, the whole. */
export function choicesOf({ studyId, populations }: CompareSource): readonly {
  readonly key: string;
  readonly population: string | undefined;
}[] {
  const own = populations.map((population) => ({ key: groupKey({ studyId, population }), population }));
  return populations.length > 1
    ? [...own, { key: groupKey({ studyId, population: undefined }), population: undefined }]
    : own;
}
