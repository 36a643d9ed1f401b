import { createStore } from "zustand/vanilla";
import { InputError, type InputProblem } from "../../../engine/math/input-error.ts";
import {
  type DrawnPopulation,
  defaultStudy,
  isDrawn,
  type Population,
  parseStudy,
  type Study,
} from "../../../engine/sweep/study.ts";
import { studyLimits } from "../../../engine/sweep/study-limits.ts";
import type { Regime } from "../../../engine/training/regime.ts";
import { spaceLabels } from "../spaces.ts";

/** What a study says of its trials beside the regime. */
export type Scheduling = Pick<Study, "repeats" | "halving" | "stop">;

/** The set-up under the user's hands: always shaped like a study, not always a legal one. */
export interface DraftState {
  readonly study: Study;
  /** What keeps it from running: paths of fields and what is allowed there. */
  readonly problems: readonly InputProblem[];
  replace(study: Study): void;
  rename(name: string): void;
  setSeed(seed: number): void;
  editRegime(change: Partial<Regime>): void;
  /** What is undefined is taken away. */
  editScheduling(change: Partial<Scheduling>): void;
  editPopulation(index: number, change: Partial<DrawnPopulation>): void;
  /** Another population in its place. */
  setPopulation(index: number, population: Population): void;
  addPopulation(): void;
  /** One that a scaling formula makes. */
  addScaled(): void;
  removePopulation(index: number): void;
}

export type DraftStore = ReturnType<typeof createDraftStore>;

export function createDraftStore(study: Study) {
  return createStore<DraftState>()((set, get) => {
    const replace = (next: Study) => set({ study: next, problems: problemsOf(next) });
    const change = (part: Partial<Study>) => replace({ ...get().study, ...part });
    return {
      study,
      problems: problemsOf(study),
      // Nothing of the study before stays, not even what the next one leaves out.
      replace,
      rename: (name) => change({ name }),
      setSeed: (seed) => change({ seed }),
      editRegime: (part) => change({ regime: { ...get().study.regime, ...part } }),
      editScheduling: (part) => {
        const { stop, ...next } = { ...get().study, ...part };
        const rules = withoutUndefined({ ...stop });
        const stopping = Object.keys(rules).length > 0 ? { stop: rules } : {};
        replace(withoutUndefined({ ...next, ...stopping }));
      },
      editPopulation: (index, part) =>
        change({ populations: editedPopulations(get().study.populations, index, part) }),
      setPopulation: (index, population) =>
        change({ populations: get().study.populations.with(index, population) }),
      addPopulation: () => change({ populations: [...get().study.populations, nextPopulation(get().study)] }),
      addScaled: () => change({ populations: [...get().study.populations, scaledPopulation(get().study)] }),
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
    // Of other populations only the name can be changed so.
    if (!isDrawn(old)) return { ...old, name: part.name ?? old.name };
    const next = withoutUndefined({ ...old, ...part });
    const auto = part.space !== undefined && part.name === undefined && isAutoName(old);
    return auto ? { ...next, name: freeName(spaceLabels[next.space], populations, index) } : next;
  });
}

/** Optional fields that were taken away are gone: a study without them is the same as one from before there were any. */
function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
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
  const last = populations.findLast(isDrawn) ?? defaultStudy.populations.find(isDrawn)!;
  return { ...last, name: freeName(spaceLabels[last.space], populations) };
}

/** A small EfficientNet, scaled down and up. */
function scaledPopulation({ populations }: Study): Population {
  return {
    name: freeName("Compound", populations),
    scaling: "compound",
    baseline: { preset: "efficientnet-b0", depth: 0.5, width: 0.25 },
    factors: [-2, -1, 0],
    count: 3,
  };
}
