import { createStore } from "zustand/vanilla";
import { comparisonLimit } from "../../engine/analysis/comparison-table.ts";
import type { InputProblem } from "../../engine/math/input-error.ts";
import type { StatisticsService } from "../statistics/statistics-service.ts";
import type { AddressBar } from "../study/state/session.ts";
import { type CompareAddress, compareHash, readCompareHash } from "./compare-address.ts";
import { type CompareSource, sourcesOfFile } from "./compare-source.ts";

/** A file that could not be used, or not all of it. */
export interface FileProblem {
  readonly file: string;
  readonly message: string;
  readonly tone: "bad" | "warn";
}

export interface CompareState extends CompareAddress {
  /** Studies of dropped files, by id. */
  readonly files: ReadonlyMap<string, CompareSource>;
  readonly fileProblems: readonly FileProblem[];
  /** Files that are being read. */
  readonly reading: number;
  readonly badLink: readonly InputProblem[];
  toggle(key: string): void;
  choose(keys: readonly string[]): void;
  setBaseline(key: string): void;
  /** Reads results files; what is wrong with one is told, the others count. */
  read(files: readonly File[], statistics: StatisticsService): Promise<void>;
  dismissProblem(problem: FileProblem): void;
  dismissBadLink(): void;
}

export type CompareStore = ReturnType<typeof createCompareStore>;

export function createCompareStore(address: CompareAddress, badLink: readonly InputProblem[] = []) {
  return createStore<CompareState>()((set, get) => ({
    ...address,
    files: new Map(),
    fileProblems: [],
    reading: 0,
    badLink,
    toggle(key) {
      const { chosen, baseline } = get();
      if (chosen.includes(key))
        set({
          chosen: chosen.filter((one) => one !== key),
          baseline: baseline === key ? undefined : baseline,
        });
      else if (chosen.length < comparisonLimit) set({ chosen: [...chosen, key] });
    },
    choose: (keys) => set({ chosen: keys.slice(0, comparisonLimit), baseline: undefined }),
    setBaseline: (baseline) => set({ baseline }),
    async read(files, statistics) {
      for (const file of files) {
        set(({ reading }) => ({ reading: reading + 1 }));
        const { sources, problem } = await readFile(file, statistics);
        set((state) => ({
          reading: state.reading - 1,
          files: new Map([...state.files, ...sources.map((source) => [source.studyId, source] as const)]),
          fileProblems:
            problem === undefined
              ? state.fileProblems
              : [...state.fileProblems.filter((one) => one.file !== problem.file), problem],
        }));
      }
    },
    dismissProblem: (problem) =>
      set(({ fileProblems }) => ({ fileProblems: fileProblems.filter((one) => one !== problem) })),
    dismissBadLink: () => set({ badLink: [] }),
  }));
}

/** Larger files are not read: the page would have to hold all their trials at once. */
const mostBytes = 512 * 1024 * 1024;

async function readFile(
  file: File,
  statistics: StatisticsService,
): Promise<{ readonly sources: readonly CompareSource[]; readonly problem?: FileProblem }> {
  const bad = (message: string, tone: FileProblem["tone"] = "bad") => ({ file: file.name, message, tone });
  if (file.size > mostBytes)
    return {
      sources: [],
      problem: bad(`${Math.round(file.size / 2 ** 20)} MB; at most 512 MB are read here`),
    };
  try {
    const { trials, cutOff } = await statistics.readTrials(new Uint8Array(await file.arrayBuffer()));
    const sources = sourcesOfFile(file.name, trials);
    if (sources.length === 0)
      return { sources, problem: bad("it holds no trial; a results file has one trial record a line") };
    return cutOff
      ? {
          sources,
          problem: bad(
            "its last line was still being written when the file was copied; it is left out",
            "warn",
          ),
        }
      : { sources };
  } catch (error) {
    return { sources: [], problem: bad(error instanceof Error ? error.message : String(error)) };
  }
}

/** Builds the store from the address; from then on the address follows what is chosen. */
export function startCompare(bar: AddressBar): CompareStore {
  const { address, problems } = readCompareHash(bar.read());
  const store = createCompareStore(address, problems);
  let written = bar.read();
  store.subscribe((state, before) => {
    if (state.chosen === before.chosen && state.baseline === before.baseline) return;
    const hash = compareHash(state);
    if (hash === written) return;
    written = hash;
    bar.write(hash);
  });
  bar.onChange(() => {
    const hash = bar.read();
    if (hash === written) return;
    written = hash;
    const read = readCompareHash(hash);
    store.setState({ ...read.address, badLink: read.problems });
  });
  return store;
}
