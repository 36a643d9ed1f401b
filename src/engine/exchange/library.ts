import { type DatasetFacts, findDataset } from "../data/catalogue.ts";
import { writeZip } from "../export/zip.ts";
import type { StudyOrigin, StudySummary } from "../sweep/protocol.ts";
import { digestsOf } from "../sweep/same-images.ts";
import type { SweepStore } from "../sweep/store/store.ts";
import { parseStudy, type Study } from "../sweep/study.ts";
import { alone, type ClaimStudy, StudyBusyError } from "../sweep/study-claim.ts";
import { contentId, studyId } from "../sweep/study-id.ts";
import { trialsToCsv } from "./csv.ts";
import { fileStem, sweepFileNames } from "./file-names.ts";
import { mergeStudies, mergeTrials, mostRepeats } from "./merge.ts";
import { studyToPyclsSweeps } from "./pycls-sweep-export.ts";
import type { ReadStudies } from "./read-studies.ts";
import { formatStudyLines } from "./study-lines.ts";
import { archiveOf, copyOf, fittingName, type StudyRecords, trialsAs } from "./study-records.ts";
import { writeSweepJson } from "./sweep-json.ts";

/** A study as the list of studies shows it. */
export interface LibraryEntry extends StudySummary {
  /** Bytes of its records as JSON, and of the weights kept of its networks. */
  readonly recordBytes: number;
  readonly weightBytes: number;
}

/** What an import did with one study. */
export interface ImportedStudy {
  readonly id: string;
  readonly name: string;
  /** Trials that were not here before, and those that were, with the same outcome. */
  readonly added: number;
  readonly same: number;
  /** Trials that ended otherwise here: what is here stays. */
  readonly conflicts: readonly string[];
  readonly notes: readonly string[];
}

export const exportFormats = ["jsonl", "csv", "sweep.json", "study", "pycls"] as const;
export type StudyExportFormat = (typeof exportFormats)[number];

export interface ExportedStudy {
  readonly fileName: string;
  readonly type: string;
  readonly parts: readonly (string | Uint8Array<ArrayBuffer>)[];
  /** What does not map, in sentences. */
  readonly notes: readonly string[];
}

/** What networks must know of a data set. @throws where it is not here */
export type FactsOf = (dataset: string) => Promise<DatasetFacts>;

const catalogued: FactsOf = async (name) => {
  const facts = findDataset(name);
  if (facts === undefined) throw new Error(`the images of ${name} are not here`);
  return facts;
};

/** What can be done with the studies that are kept: all of it on whole studies, none of which is running. */
export class StudyLibrary {
  readonly #store: SweepStore;
  readonly #claim: ClaimStudy;
  readonly #factsOf: FactsOf;

  /** @param factsOf a data set by its name; left out, those of the catalogue are known */
  constructor(store: SweepStore, claim: ClaimStudy = alone, factsOf: FactsOf = catalogued) {
    this.#store = store;
    this.#claim = claim;
    this.#factsOf = factsOf;
  }

  /** Newest first. */
  async list(): Promise<LibraryEntry[]> {
    const entries: LibraryEntry[] = [];
    for (const summary of await this.#store.list()) {
      const trials = await this.#store.everyTrial(summary.id);
      const recordBytes = trials.reduce((sum, trial) => sum + JSON.stringify(trial).length, 0);
      entries.push({ ...summary, recordBytes, weightBytes: await this.#store.weightBytes(summary.id) });
    }
    return entries;
  }

  /** @throws InputError for a name that no study may have */
  async rename(id: string, name: string): Promise<void> {
    if (!(await this.#store.rename(id, name))) throw gone();
  }

  /** The same set-up once more under an id of its own, with the trials or without; its id. Weights are not copied. */
  async duplicate(id: string, withTrials: boolean): Promise<string> {
    const { study, trials } = await this.#read(id);
    const copy = copyOf(study, await this.#ids());
    const copyId = studyId(copy);
    const named = parseStudy({ ...copy, name: fittingName(`${study.name.slice(0, 70)} (copy)`) });
    await this.#store.put(copyId, named, withTrials ? trialsAs(copyId, trials) : []);
    return copyId;
  }

  /** Several studies as one new one, beside them; its id, and what a reader of it must know. */
  async merge(
    ids: readonly string[],
    name: string,
  ): Promise<{ readonly id: string; readonly notes: readonly string[] }> {
    const parts: StudyRecords[] = [];
    for (const id of ids) parts.push(await this.#read(id));
    const { study, trials, notes } = mergeStudies(parts, name, await this.#ids());
    const id = studyId(study);
    await this.#store.put(id, study, trials, {
      from: parts.map((part) => part.study.name).join(", "),
      notes,
    });
    return { id, notes };
  }

  /** A study with everything that is kept of it. @throws StudyBusyError while it runs */
  async remove(id: string): Promise<void> {
    await this.#claimed(id, () => this.#store.remove(id));
  }

  /**
   * Keeps what was read from a file. Of a study that is here too the trials come together: what is here stays. Trials of
   * other images than those here are kept beside it instead, as an archive: it could not be run on with them.
   * @throws StudyBusyError if one of them is running
   */
  async import(fileName: string, { studies, definition, notes }: ReadStudies): Promise<ImportedStudy[]> {
    const all = definition === undefined ? studies : [...studies, { study: definition, trials: [] }];
    const imported: ImportedStudy[] = [];
    for (const each of all) {
      const { records, note } = await this.#apart(each);
      const origin = { from: fileName, notes: note === undefined ? notes : [...notes, note] };
      const id = studyId(records.study);
      imported.push(await this.#claimed(id, () => this.#importOne(id, records, origin)));
    }
    return imported;
  }

  async export(id: string, format: StudyExportFormat): Promise<ExportedStudy> {
    const { study, trials } = await this.#read(id);
    const file = (
      ending: string,
      type: string,
      parts: ExportedStudy["parts"],
      notes: readonly string[] = [],
    ) => ({
      ...{ fileName: `${fileStem(study.name)}${ending}`, type, parts, notes },
    });
    switch (format) {
      case "jsonl":
        return file(".jsonl", "application/x-ndjson", formatStudyLines({ study, trials }));
      case "csv":
        return file(".csv", "text/csv", [trialsToCsv(trials)]);
      case "study":
        return file(".study.json", "application/json", [`${JSON.stringify(study, null, 2)}\n`]);
      case "sweep.json": {
        const { text, notes } = writeSweepJson(trials);
        return file(".sweep.json", "application/json", [text], notes);
      }
      case "pycls": {
        const { files, notes } = studyToPyclsSweeps(study, await this.#factsOf(study.regime.dataset));
        if (files.length === 1) return file(".pycls.yaml", "application/yaml", [files[0]!.text], notes);
        const entries = sweepFileNames(files).map((name, i) => ({
          name,
          bytes: new TextEncoder().encode(files[i]!.text),
        }));
        return file(".pycls.zip", "application/zip", [writeZip(entries)], notes);
      }
      default:
        throw new Error(`unknown format ${format satisfies never}`);
    }
  }

  /** These records, or an archive of them if those of the same study here are of other images. */
  async #apart(records: StudyRecords): Promise<{ readonly records: StudyRecords; readonly note?: string }> {
    const id = studyId(records.study);
    const [there, here] = [digestsOf(records.trials), digestsOf(await this.#store.everyTrial(id))];
    const all = new Set([...here, ...there]);
    if (there.length === 0 || here.length === 0 || all.size === here.length) return { records };
    const { name, regime } = records.study;
    const note =
      `its trials were trained on other images of ${regime.dataset} (digest ${there.join(", ")}) than those of this study ` +
      `that are here (digest ${here.join(", ")}): they are kept beside it, for looking at`;
    const apart = `${name.slice(0, 60)}, other images`;
    return { records: archiveOf(contentId([id, ...there]), apart, records.trials), note };
  }

  async #importOne(id: string, { study, trials }: StudyRecords, origin: StudyOrigin): Promise<ImportedStudy> {
    const known = await this.#store.load(id);
    const here = known === undefined ? [] : await this.#store.everyTrial(id);
    const { added, same, conflicts } = mergeTrials(here, trials);
    const merged = known === undefined ? study : together(known.study, study);
    // A study that was run here did not come from the file.
    const from = known === undefined || known.origin !== undefined ? origin : undefined;
    await this.#store.put(id, merged, added, from);
    return { id, name: merged.name, added: added.length, same, conflicts, notes: origin.notes };
  }

  async #read(id: string): Promise<StudyRecords> {
    const stored = await this.#store.load(id);
    if (stored === undefined) throw gone();
    const { study, trials } = stored;
    const place = new Map(study.populations.map(({ name }, i) => [name, i]));
    const ordered = [...trials].sort(
      (a, b) => place.get(a.population)! - place.get(b.population)! || a.index - b.index,
    );
    return { study, trials: ordered };
  }

  async #ids(): Promise<ReadonlySet<string>> {
    return new Set((await this.#store.list()).map(({ id }) => id));
  }

  async #claimed<T>(id: string, action: () => Promise<T>): Promise<T> {
    const release = await this.#claim(id);
    if (release === undefined) throw new StudyBusyError();
    try {
      return await action();
    } finally {
      release();
    }
  }
}

/** The set-up that says most: a known one before records alone, and as many networks as either has. */
function together(here: Study, there: Study): Study {
  const base =
    here.archive !== undefined && there.archive === undefined ? { ...there, name: here.name } : here;
  const counts = new Map(
    [here, there].flatMap(({ populations }) => populations.map(({ name, count }) => [name, count] as const)),
  );
  const most = (name: string, count: number) =>
    Math.max(
      count,
      ...[here, there].map((study) => study.populations.find((each) => each.name === name)?.count ?? 0),
    );
  const repeats = mostRepeats([{ study: here }, { study: there }]);
  const names = new Set(base.populations.map(({ name }) => name));
  const populations = base.populations.map((population) =>
    "networks" in population && population.networks.length > 0
      ? population
      : { ...population, count: most(population.name, population.count) },
  );
  // Populations that only the other's records have: an archive may grow by them.
  const further = base.archive === undefined ? [] : there.populations.filter(({ name }) => !names.has(name));
  return parseStudy({
    ...base,
    ...repeats,
    populations: [
      ...populations,
      ...further.map(({ name }) => ({ name, networks: [], count: counts.get(name)! })),
    ],
  });
}

function gone(): Error {
  return new Error("this study is no longer kept here; another tab may have deleted it");
}
