import type { EdfCurve } from "../../../charts/edf-curve.ts";
import { dkwBand } from "../../../engine/analysis/dkw.ts";
import { edf, summarizeErrors } from "../../../engine/analysis/edf.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import type { Trial } from "../../../engine/sweep/trial.ts";
import { populationColor } from "../../theme/theme.ts";

export interface PopulationErrors {
  readonly name: string;
  readonly color: string;
  /** Of the trials that count: done, and diverged ones as 1. */
  readonly errors: readonly number[];
  readonly diverged: number;
}

export function populationErrors(study: Study, trials: Iterable<Trial>): PopulationErrors[] {
  const groups = new Map(
    study.populations.map(({ name }) => [name, { errors: [] as number[], diverged: 0 }]),
  );
  for (const { population, status, error } of trials) {
    const group = groups.get(population);
    if (group === undefined || error === null || (status !== "done" && status !== "diverged")) continue;
    group.errors.push(error);
    if (status === "diverged") group.diverged += 1;
  }
  return study.populations.map(({ name }, i) => ({
    name,
    color: populationColor(i),
    ...(groups.get(name) ?? { errors: [], diverged: 0 }),
  }));
}

/** The rows of the EDF chart: steps, 95% bands and n | min | mean. */
export function edfCurve({ name, color, errors }: PopulationErrors): EdfCurve {
  const summary = summarizeErrors(errors);
  const { errors: sorted, shares } = edf(errors);
  const rows = sorted.map((x, i) => ({ x, y: shares[i] ?? 1 }));
  return {
    id: name,
    label: name,
    color,
    rows,
    band: rows.map(({ x, y }) => {
      const [low, high] = dkwBand(y, rows.length);
      return { x, low, high };
    }),
    n: summary?.n ?? 0,
    min: summary?.min ?? Number.NaN,
    mean: summary?.mean ?? Number.NaN,
  };
}
