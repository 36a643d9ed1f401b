import { parseStudy, type Study } from "../sweep/study.ts";
import { contentId, studyId } from "../sweep/study-id.ts";
import type { Trial } from "../sweep/trial.ts";
import { formatTrialLine } from "../sweep/trial-lines.ts";
import { archiveOf, type StudyRecords, trialsAs } from "./study-records.ts";

/**
 * Studies as JSON Lines: the trial records that `sweep` writes, one a line. The first record of a study that the page wrote
 * also has its set-up, under `definition`, so that it can be run on where it is read; readers of trials pass it over. Of
 * lines without it the study is an archive.
 */

/** A trial as a line may have it. */
type DefinedTrial = Trial & { readonly definition?: unknown };

export function formatStudyLines({ study, trials }: StudyRecords): string[] {
  return trials.map((trial, i) =>
    // What an archive is made of is in its records.
    formatTrialLine(
      i === 0 && study.archive === undefined ? ({ ...trial, definition: study } as Trial) : trial,
    ),
  );
}

/** The studies that these trials are of, named after their file. Of trials that occur twice the last record counts. */
export function studiesOfTrials(name: string, trials: readonly Trial[]): StudyRecords[] {
  const studies = new Map<string, Map<string, Trial>>();
  const definitions = new Map<string, Study>();
  for (const line of trials as readonly DefinedTrial[]) {
    const { definition, ...trial } = line;
    const own = studies.get(trial.study) ?? new Map<string, Trial>();
    studies.set(trial.study, own.set(trial.id, trial));
    const study = definition === undefined ? undefined : parseStudy(definition);
    // A definition that gives another id is not that of these trials.
    if (study !== undefined && studyId(study) === trial.study) definitions.set(trial.study, study);
  }
  return Array.from(studies, ([id, own], i) => {
    const records = [...own.values()];
    const study = definitions.get(id);
    if (study !== undefined) return { study, trials: records };
    return archiveOf(legalId(id), studies.size === 1 ? name : `${name} ${i + 1}`, records);
  });
}

/** The trials of a file that belong to a study whose set-up was found elsewhere: that study; else undefined. */
export function withDefinition({ study, trials }: StudyRecords, definition: Study): StudyRecords | undefined {
  const id = studyId(definition);
  return study.archive === id ? { study: definition, trials: trialsAs(id, trials) } : undefined;
}

/** Ids of this program are; another's may hold anything. */
function legalId(id: string): string {
  return /^[\w-]{1,64}$/.test(id) ? id : contentId(id);
}
