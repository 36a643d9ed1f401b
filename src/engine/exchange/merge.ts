import { mixtureWarnings } from "../analysis/trials/mixture.ts";
import { observeAll } from "../analysis/trials/observation.ts";
import { differ, digestsOf } from "../sweep/same-images.ts";
import { parseStudy, type Study } from "../sweep/study.ts";
import { canonicalJson, contentId, studyId } from "../sweep/study-id.ts";
import { studyLimits } from "../sweep/study-limits.ts";
import { isSettled, type Trial, withoutTimes } from "../sweep/trial.ts";
import { archiveOf, copyOf, fittingName, type StudyRecords, trialsAs } from "./study-records.ts";

/** Records of one study from two places, brought together. */
export interface MergedTrials {
  /** Of both; the first come first. */
  readonly trials: readonly Trial[];
  /** Those of the second that the first did not have, or had only stopped. */
  readonly added: readonly Trial[];
  /** How many both have with the same outcome. */
  readonly same: number;
  /** Trials that ended differently: `RegNetX 3: error 0.21 here, 0.25 there`. The first's are kept. */
  readonly conflicts: readonly string[];
}

/** A settled record stands; a stopped one gives way to a settled one. */
export function mergeTrials(ours: readonly Trial[], theirs: readonly Trial[]): MergedTrials {
  const merged = new Map(ours.map((trial) => [trial.id, trial]));
  const added: Trial[] = [];
  const conflicts: string[] = [];
  let same = 0;
  for (const trial of theirs) {
    const known = merged.get(trial.id);
    if (known === undefined || (!isSettled(known) && isSettled(trial))) {
      merged.set(trial.id, trial);
      added.push(trial);
      continue;
    }
    const images = differ(known.dataDigest, trial.dataDigest) ? ", on other images" : "";
    if (outcome(known) === outcome(trial) && images === "") same += 1;
    else if (isSettled(trial))
      conflicts.push(
        `${trial.population} ${trial.index + 1}: ${outcomeText(known)} here, ${outcomeText(trial)} there${images}`,
      );
  }
  return { trials: [...merged.values()], added, same, conflicts };
}

/** What two runs of one trial agree on; times, devices, versions and what only some of them record may differ. */
function outcome(trial: Trial): string {
  const { device: _, version: __, dataDigest: ___, weights: ____, ...rest } = withoutTimes(trial);
  return canonicalJson(rest);
}

function outcomeText({ status, error }: Trial): string {
  return status === "done" && error !== null ? `error ${error}` : status;
}

export interface MergedStudy extends StudyRecords {
  /** What a reader of the merged study must know, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Several studies as one new one. Studies of one set-up become one with the trials of all; any others lie side by side,
 * their populations renamed where two share a name. Where all would have been drawn and trained as they were, on the same
 * images, the new study can be run on; else it is an archive, and the notes say what differs. `taken` are the ids of all
 * studies there are.
 * @throws InputError if there are more populations than a study may have
 */
export function mergeStudies(
  parts: readonly StudyRecords[],
  name: string,
  taken: ReadonlySet<string>,
): MergedStudy {
  const [first] = parts;
  if (first === undefined || parts.length < 2) throw new Error("two studies at least are merged");
  const definitions = new Set(parts.map(({ study }) => definitionOf(study)));
  return definitions.size === 1 && first.study.archive === undefined && !onOtherImages(parts)
    ? sameDefinition(parts, name, taken)
    : sideBySide(parts, name, taken);
}

/** Whether a run would refuse to go on: settled trials were trained on different images under one name. */
function onOtherImages(parts: readonly StudyRecords[]): boolean {
  return digestsOf(parts.flatMap(({ trials }) => trials)).length > 1;
}

/** All that decides its trials, and not which copy it is. */
function definitionOf({ copy: _, ...study }: Study): string {
  return study.archive ?? studyId(study);
}

function sameDefinition(
  parts: readonly StudyRecords[],
  name: string,
  taken: ReadonlySet<string>,
): MergedStudy {
  const first = parts[0]!.study;
  const populations = first.populations.map((population, i) => ({
    ...population,
    count: Math.max(...parts.map(({ study }) => study.populations[i]!.count)),
  }));
  const repeats = mostRepeats(parts);
  const study = copyOf(parseStudy({ ...first, name: fittingName(name), populations, ...repeats }), taken);
  const id = studyId(study);
  let trials: readonly Trial[] = [];
  const conflicts: string[] = [];
  for (const part of parts) {
    const merged = mergeTrials(trials, trialsAs(id, part.trials));
    trials = merged.trials;
    conflicts.push(...merged.conflicts);
  }
  const notes = conflicts.map((conflict) => `kept as in the first study: ${conflict}`);
  return { study, trials, notes };
}

/** As many seeds per network as any of them has. */
export function mostRepeats(parts: readonly Pick<StudyRecords, "study">[]): Pick<Study, "repeats"> {
  const repeats = Math.max(...parts.map(({ study }) => study.repeats ?? 1));
  return repeats > 1 ? { repeats } : {};
}

function sideBySide(parts: readonly StudyRecords[], name: string, taken: ReadonlySet<string>): MergedStudy {
  const all = parts.flatMap(({ study }) => study.populations.map((population) => population.name));
  const shared = new Set(all.filter((population, i) => all.indexOf(population) !== i));
  const used = new Set<string>();
  const notes: string[] = [];
  const renamed = parts.map(({ study }) => {
    const names = new Map<string, string>();
    for (const population of study.populations) {
      const wanted = shared.has(population.name) ? `${population.name}, ${study.name}` : population.name;
      const unique = uniqueName(wanted, used);
      names.set(population.name, unique);
      if (unique !== population.name)
        notes.push(`${population.name} of ${study.name} is called "${unique}" here`);
    }
    return names;
  });
  const trials = parts.flatMap(({ study, trials }, i) =>
    trialsAs(studyId(study), trials, (population) => renamed[i]!.get(population) ?? population),
  );
  const differences = mixtureWarnings(observeAll(trials)).map(({ message }) => message);
  const drawable = runnable(parts, renamed, name);
  if (drawable !== undefined) {
    const id = studyId(drawable);
    const study = taken.has(id) ? copyOf(drawable, taken) : drawable;
    return { study, trials: trialsAs(studyId(study), trials), notes };
  }
  const id = contentId(parts.map(({ study }) => studyId(study)));
  const archive = archiveOf(id, name, trials);
  const study = taken.has(id) ? copyOf(archive.study, taken) : archive.study;
  return {
    study,
    trials: trialsAs(studyId(study), archive.trials),
    notes: [
      ...notes,
      ...differences,
      "It is for looking at: what was trained in different ways cannot be run on as one.",
    ],
  };
}

/** The study that would draw and train all these networks as they were; undefined where there is none. */
function runnable(
  parts: readonly StudyRecords[],
  renamed: readonly ReadonlyMap<string, string>[],
  name: string,
): Study | undefined {
  const [first] = parts;
  const alike = parts.every(
    ({ study }, i) =>
      study.archive === undefined &&
      study.seed === first!.study.seed &&
      rulesOf(study) === rulesOf(first!.study) &&
      canonicalJson(study.regime) === canonicalJson(first!.study.regime) &&
      [...renamed[i]!].every(([from, to]) => from === to),
  );
  const populations = parts.flatMap(({ study }) => study.populations);
  if (!alike || onOtherImages(parts) || populations.length > studyLimits.populations) return undefined;
  const { copy: _, ...like } = first!.study;
  return parseStudy({ ...like, name: fittingName(name), populations, ...mostRepeats(parts) });
}

/** What decides which trials are cut. */
function rulesOf({ halving, stop: { minutes: _, ...stop } = {} }: Study): string {
  return canonicalJson({ halving: halving ?? null, stop });
}

function uniqueName(wanted: string, used: Set<string>): string {
  for (let i = 1; ; i++) {
    const suffix = i === 1 ? "" : ` ${i}`;
    const name = `${wanted.slice(0, studyLimits.nameLength - suffix.length).trim()}${suffix}`;
    if (used.has(name)) continue;
    used.add(name);
    return name;
  }
}
