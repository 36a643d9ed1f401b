import type { NetworkSpec } from "../../../engine/network/spec.ts";
import {
  type Budget,
  defaultStudy,
  isDrawn,
  type Population,
  parseStudy,
  type Study,
} from "../../../engine/sweep/study.ts";
import { studyLimits } from "../../../engine/sweep/study-limits.ts";
import { freeName, problemsOf } from "../../study/state/draft-store.ts";
import type { Services } from "../../study/state/services.tsx";

/** A study of one network, trained as studies are by default. */
export function studyOf(spec: NetworkSpec): Study {
  const name = (spec.name ?? "Network").slice(0, studyLimits.nameLength);
  return parseStudy({ version: 1, name, seed: defaultStudy.seed, populations: [{ name, networks: [spec] }] });
}

export interface Added {
  readonly study: string;
  readonly populations: number;
}

/**
 * Appends a population to the set-up under work; a study that has run is opened for changes first. A problem (ten
 * populations already) leaves all as it was and is told.
 */
export function addToStudy(
  { draft, run, sweep }: Services,
  make: (name: (wanted: string) => string, budget: Budget) => Population,
): Added | { readonly problem: string } {
  const { phase, study } = run.getState();
  const base = phase !== "idle" && study !== undefined ? study : draft.getState().study;
  // The budget of the others: a comparison changes one thing at a time.
  const like = base.populations.findLast(isDrawn);
  const budget = like?.budget ?? {};
  const population = make((wanted) => freeName(wanted, base.populations), budget);
  const next = { ...base, populations: [...base.populations, population] };
  const [problem] = problemsOf(next);
  if (problem !== undefined) return { problem: `${problem.path}: ${problem.message}` };
  if (phase !== "idle") sweep.reset();
  draft.getState().replace(next);
  return { study: next.name, populations: next.populations.length };
}
