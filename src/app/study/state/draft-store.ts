import { createStore } from "zustand/vanilla";
import { InputError, type InputProblem } from "../../../engine/math/input-error.ts";
import {
  type DrawnPopulation,
  defaultStudy,
  isGiven,
  type Population,
  parseStudy,
  type Study,
  studyLimits,
} from "../../../engine/sweep/study.ts";
import type { Regime } from "../../../engine/training/regime.ts";
import { spaceLabels } from "../spaces.ts";

/** The set-up under the user's hands: always shaped like a study, not always a legal one. */
export interface DraftState {
  readonly study: Study;
  /** What keeps it from running: paths of fields and what is allowed there. */
  readonly problems: readonly InputProblem[];
  replace(study: Study): void;
  rename(name: string): void;
  setSeed(seed: number): void;
  editRegime(change: Partial<Regime>): void;
  editPopulation(index: number, change: Partial<DrawnPopulation>): void;
  addPopulation(): void;
  removePopulation(index: number): void;
}

export type DraftStore = ReturnType<typeof createDraftStore>;

export function createDraftStore(study: Study) {
  return createStore<DraftState>()((set, get) => {
    const change = (part: Partial<Study>) => {
      const next = { ...get().study, ...part };
      set({ study: next, problems: problemsOf(next) });
    };
    return {
      study,
      problems: problemsOf(study),
      replace: (next) => change(next),
      rename: (name) => change({ name }),
      setSeed: (seed) => change({ seed }),
      editRegime: (part) => change({ regime: { ...get().study.regime, ...part } }),
      editPopulation: (index, part) =>
        change({ populations: editedPopulations(get().study.populations, index, part) }),
      addPopulation: () => change({ populations: [...get().study.populations, nextPopulation(get().study)] }),
      removePopulation: (index) =>
        change({ populations: get().study.populations.filter((_, i) => i !== index) }),
    };
  });
}

/** Why a study could not run; empty for a legal one. */
export function problemsOf(study: Study): readonly InputProblem[] {
  try {
    parseStudy(study);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** A population that still bears its space's name takes the new space's name along. */
function editedPopulations(
  populations: readonly Population[],
  index: number,
  part: Partial<DrawnPopulation>,
): Population[] {
  return populations.map((old, i) => {
    if (i !== index) return old;
    // Of networks that are given only the name can be changed.
    if (isGiven(old)) return { ...old, name: part.name ?? old.name };
    const next = { ...old, ...part };
    const auto = part.space !== undefined && part.name === undefined && isAutoName(old);
    return auto ? { ...next, name: freeName(spaceLabels[next.space], populations, index) } : next;
  });
}

function isAutoName({ name, space }: DrawnPopulation): boolean {
  return name === spaceLabels[space] || new RegExp(`^${spaceLabels[space]} \\d+$`).test(name);
}

/** `RegNetX`, or `RegNetX 2` where that is taken. */
export function freeName(name: string, populations: readonly Population[], except?: number): string {
  const taken = new Set(populations.filter((_, i) => i !== except).map((population) => population.name));
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name} ${i}`;
  return free.slice(0, studyLimits.nameLength);
}

/** Another population like the last one: changing one thing at a time is what makes a comparison fair. */
function nextPopulation({ populations }: Study): Population {
  const last = populations.findLast((population) => !isGiven(population)) ?? defaultStudy.populations[1]!;
  if (isGiven(last)) return last;
  return { ...last, name: freeName(spaceLabels[last.space], populations) };
}
