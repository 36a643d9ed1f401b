import { edfFigure } from "../../src/charts/edf/edf-chart.tsx";
import type { FigureContent } from "../../src/charts/figure/figure.ts";
import { paretoFigure } from "../../src/charts/pareto-chart.tsx";
import { scatterFigure } from "../../src/charts/scatter-chart.tsx";
import type { Selection } from "../../src/charts/selection.ts";
import { bootstrapRange } from "../../src/engine/analysis/bootstrap-ranges.ts";
import { dkwBand } from "../../src/engine/analysis/dkw.ts";
import { edf, summarizeErrors } from "../../src/engine/analysis/edf.ts";
import { paretoPlane } from "../../src/engine/analysis/pareto-plane.ts";
import { groups, metrics, points, trials } from "./measured.ts";

export interface GalleryFigure {
  readonly title: string;
  readonly note: string;
  readonly content: FigureContent;
}

const errors = (population: string) =>
  trials.filter((trial) => trial.population === population).toSorted((a, b) => a.error - b.error);

const curves = groups.map((group) => {
  const ordered = errors(group.id);
  const values = ordered.map(({ error }) => error);
  const { errors: sorted, shares } = edf(values);
  const rows = sorted.map((x, i) => ({ x, y: shares[i]! }));
  const summary = summarizeErrors(values);
  return {
    ...group,
    rows,
    ids: ordered.map(({ id }) => id),
    band: rows.map(({ x, y }) => {
      const [low, high] = dkwBand(y, rows.length);
      return { x, low, high };
    }),
    n: rows.length,
    min: summary?.min ?? Number.NaN,
    mean: summary?.mean ?? Number.NaN,
  };
});

const regnets = trials.filter(({ population }) => population === "RegNetX");
const slopes = bootstrapRange(
  regnets.map(({ error }) => error),
  regnets.map(({ slope }) => slope),
);
const byFlops = points("flops", "error");
const plane = paretoPlane(
  byFlops.map(({ x }) => x),
  byFlops.map(({ y }) => y),
);
const front = new Set(plane.found ? plane.value.front.map((i) => byFlops[i]!.id) : []);
const bySlope = points("slope", "error", regnets);

/** Every chart with rows that were measured, under one linked selection. */
export function galleryFigures(selection: Selection): Readonly<Record<string, GalleryFigure>> {
  const error = { metric: metrics.error };
  return {
    edf: {
      title: "Error distribution",
      note: "share of networks with test error below x; 95% bands",
      content: edfFigure({ curves, selection, description: "Error distribution functions." }),
    },
    scatter: {
      title: "Best range",
      note: "error × slope",
      content: scatterFigure({
        rows: bySlope,
        groups,
        x: { metric: metrics.slope },
        y: error,
        range: slopes.found
          ? {
              low: slopes.value.low,
              high: slopes.value.high,
              median: slopes.value.best,
              color: groups[2]!.color,
            }
          : undefined,
        selection,
        description: "Test error against the slope of RegNets.",
      }),
    },
    pareto: {
      title: "Pareto front",
      note: "error × FLOPs",
      content: paretoFigure({
        rows: byFlops,
        groups,
        x: { metric: metrics.flops, scale: "log" },
        y: error,
        front,
        selection,
        description: "Test error against multiply-adds.",
      }),
    },
  };
}
