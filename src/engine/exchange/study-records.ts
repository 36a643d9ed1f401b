import { InputError } from "../math/input-error.ts";
import { parseStudy, type Study } from "../sweep/study.ts";
import { studyId } from "../sweep/study-id.ts";
import { studyLimits } from "../sweep/study-limits.ts";
import { type Trial, trialId } from "../sweep/trial.ts";
import { defaultRegime, type Regime, regimeSchema } from "../training/regime.ts";

/** A study with its records, as it goes from one place to another. */
export interface StudyRecords {
  readonly study: Study;
  readonly trials: readonly Trial[];
}

/**
 * The study of records whose set-up is not known: an archive, with a population for every name, in the order of the
 * records. Its regime is theirs where they share one that this program could train under; else it says nothing, and what
 * holds is the regime of each record.
 * @throws InputError if there are no trials or more populations than a study may have
 */
export function archiveOf(id: string, name: string, trials: readonly Trial[]): StudyRecords {
  const counts = new Map<string, number>();
  for (const { population, index } of trials)
    counts.set(population, Math.max(counts.get(population) ?? 0, index + 1));
  if (counts.size === 0) throw new InputError([{ path: name, message: "no trials" }]);
  if (counts.size > studyLimits.populations) {
    const message = `${counts.size} populations are not allowed; at most ${studyLimits.populations}`;
    throw new InputError([{ path: name, message }]);
  }
  const study = parseStudy({
    ...{ version: 1, archive: id, name: fittingName(name), seed: trials[0]!.seed },
    populations: Array.from(counts, ([population, count]) => ({ name: population, networks: [], count })),
    regime: sharedRegime(trials) ?? defaultRegime,
  });
  return { study, trials: trialsAs(id, trials) };
}

/** The records as those of another study; `rename` says how its populations are called there. */
export function trialsAs(
  id: string,
  trials: readonly Trial[],
  rename: (population: string) => string = (population) => population,
): Trial[] {
  return trials.map((trial) => {
    const population = rename(trial.population);
    return { ...trial, id: trialId(id, population, trial.index, trial.repeat), study: id, population };
  });
}

/**
 * The same set-up once more, with records of its own: the first free copy. `taken` are the ids of all studies there are.
 */
export function copyOf(study: Study, taken: ReadonlySet<string>): Study {
  for (let copy = 2; copy <= studyLimits.copies; copy++) {
    const { archive } = study;
    const next = {
      ...study,
      copy,
      ...(archive === undefined ? {} : { archive: archiveCopy(archive, copy) }),
    };
    if (!taken.has(studyId(next))) return parseStudy(next);
  }
  throw new InputError([{ path: "copy", message: `there are ${studyLimits.copies} copies already` }]);
}

function archiveCopy(archive: string, copy: number): string {
  return `${archive.replace(/-\d+$/, "").slice(0, 56)}-${copy}`;
}

/** A name that a study may have, from any text, such as the name of a file. */
export function fittingName(text: string): string {
  const legal = text
    .replace(/[\p{Cc}\p{Cs}/]+/gu, " ")
    .trim()
    .slice(0, studyLimits.nameLength)
    .trim();
  return legal === "" ? "Study" : legal;
}

function sharedRegime(trials: readonly Trial[]): Regime | undefined {
  const [first] = trials;
  const text = JSON.stringify(first?.regime);
  if (trials.some(({ regime }) => JSON.stringify(regime) !== text)) return undefined;
  return regimeSchema.safeParse(first?.regime).data;
}
