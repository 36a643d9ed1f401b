import type { Look } from "../../../charts/chart-props.ts";
import type { EdfCurve } from "../../../charts/edf/edf-curve.ts";
import { populationLook } from "../../../charts/palette.ts";
import { dkwBand } from "../../../engine/analysis/dkw.ts";
import { edf, summarizeErrors } from "../../../engine/analysis/edf.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import type { Trial } from "../../../engine/sweep/trial.ts";

export interface PopulationErrors {
  readonly name: string;
  readonly look: Look;
  /** Of the trials that count: done, and diverged ones as 1. */
  readonly errors: readonly number[];
  /** The trial of each error. */
  readonly ids: readonly string[];
  readonly diverged: number;
}

export function populationErrors(study: Study, trials: Iterable<Trial>): PopulationErrors[] {
  const groups = new Map(
    study.populations.map(({ name }) => [name, { errors: [] as number[], ids: [] as string[], diverged: 0 }]),
  );
  for (const { id, population, status, error } of trials) {
    const group = groups.get(population);
    if (group === undefined || error === null || (status !== "done" && status !== "diverged")) continue;
    group.errors.push(error);
    group.ids.push(id);
    if (status === "diverged") group.diverged += 1;
  }
  return study.populations.map(({ name }, i) => ({
    name,
    look: populationLook(i),
    ...(groups.get(name) ?? { errors: [], ids: [], diverged: 0 }),
  }));
}

/** What a curve is made of; without ids its trials cannot be marked on it. */
type CurveErrors = Pick<PopulationErrors, "name" | "look" | "errors"> &
  Partial<Pick<PopulationErrors, "ids">>;

/** The rows of the EDF chart: steps, 95% bands and n | min | mean. */
export function edfCurve({ name, look, errors, ids }: CurveErrors): EdfCurve {
  const summary = summarizeErrors(errors);
  const { errors: sorted, shares } = edf(errors);
  const order = errors.map((_, i) => i).sort((a, b) => errors[a]! - errors[b]!);
  const rows = sorted.map((x, i) => ({ x, y: shares[i] ?? 1 }));
  return {
    id: name,
    label: name,
    ...look,
    rows,
    ...(ids !== undefined && { ids: order.map((i) => ids[i]!) }),
    band: rows.map(({ x, y }) => {
      const [low, high] = dkwBand(y, rows.length);
      return { x, low, high };
    }),
    n: summary?.n ?? 0,
    min: summary?.min ?? Number.NaN,
    mean: summary?.mean ?? Number.NaN,
  };
}
