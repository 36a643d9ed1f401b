import { blockWidthsFigure, randomSearchFigure, trainingFigure } from "../../src/charts/curve-charts.tsx";
import { edfFigure } from "../../src/charts/edf/edf-chart.tsx";
import type { FigureContent } from "../../src/charts/figure/figure.ts";
import { forestFigure } from "../../src/charts/forest-chart.tsx";
import { heatMapFigure } from "../../src/charts/heat-map.tsx";
import { matrixFigure } from "../../src/charts/matrix-chart.tsx";
import { parallelFigure } from "../../src/charts/parallel-chart.tsx";
import { paretoFigure } from "../../src/charts/pareto-chart.tsx";
import { scatterFigure } from "../../src/charts/scatter-chart.tsx";
import type { Selection } from "../../src/charts/selection.ts";
import { trendFigure } from "../../src/charts/trend-chart.tsx";
import { bootstrapRange } from "../../src/engine/analysis/bootstrap-ranges.ts";
import { dkwBand } from "../../src/engine/analysis/dkw.ts";
import { edf, summarizeErrors } from "../../src/engine/analysis/edf.ts";
import { paretoPlane } from "../../src/engine/analysis/pareto-plane.ts";
import { randomSearchCurve } from "../../src/engine/analysis/random-search.ts";
import { fitTrend, trendAt } from "../../src/engine/analysis/trend-fit.ts";
import { groups, labelOf, metrics, points, trials } from "./measured.ts";

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

const best = regnets.toSorted((a, b) => a.error - b.error);
const trained = best.slice(0, 5).map((trial) => ({
  ...groups[2]!,
  id: trial.id,
  label: labelOf(trial),
  epochs: trial.epochs.map(([trainError, testError], i) => ({
    epoch: i + 1,
    trainError: trainError!,
    testError: testError!,
  })),
}));
const widths = best.slice(0, 10).map((trial) => ({
  ...groups[2]!,
  id: trial.id,
  label: labelOf(trial),
  widths: trial.widths,
  line: trial.widths.map((_, j) => trial.initialWidth! + trial.slope! * j),
}));
const searches = groups.map((group) => {
  const curve = randomSearchCurve(errors(group.id).map(({ error }) => error));
  return {
    ...group,
    points: curve.found
      ? curve.value.sizes.map((m, i) => {
          const [expected, deviation] = [curve.value.expected[i]!, curve.value.deviation[i]!];
          return { m, expected, low: expected - deviation, high: expected + deviation };
        })
      : [],
  };
});
const byCost = regnets.toSorted((a, b) => a.flops - b.flops);
const classes = [0, 1, 2, 3].map((k) => {
  const of = byCost.slice(k * 10, k * 10 + 10);
  const acts = of.map((trial) => trial.acts).sort((a, b) => a - b);
  return { label: `class ${k + 1}`, x: of[5]!.flops, y: acts[5]!, low: acts[2]!, high: acts[7]! };
});
const power = fitTrend(
  classes.map(({ x }) => x),
  classes.map(({ y }) => y),
  "power",
);
const trend = {
  ...groups[2]!,
  rows: classes,
  fit: power.found
    ? Array.from({ length: 21 }, (_, i) => {
        const x = classes[0]!.x * (classes[3]!.x / classes[0]!.x) ** (i / 20);
        const { value, low, high } = trendAt(power.value, x);
        return { x, y: value, low, high };
      })
    : undefined,
};
const parallelKeys = ["error", "flops", "params", "acts", "depth", "groupWidth"] as const;

function heatCells() {
  const ranks = new Map(
    trials.toSorted((a, b) => a.error - b.error).map(({ id }, i) => [id, i / (trials.length - 1)]),
  );
  const cells = new Map<string, { ids: string[]; depth: number; acts: number }>();
  for (const { id, depth, acts } of trials) {
    const [column, row] = [Math.floor(depth / 2), Math.floor(acts / 15_000)];
    const key = `${column} ${row}`;
    const cell = cells.get(key) ?? { ids: [], depth: 2 * column, acts: 15_000 * row };
    cell.ids.push(id);
    cells.set(key, cell);
  }
  return [...cells.values()].map(({ ids, depth, acts }) => ({
    x0: depth,
    x1: depth + 2,
    y0: acts,
    y1: acts + 15_000,
    ids,
    rank: ids.reduce((sum, id) => sum + ranks.get(id)!, 0) / ids.length,
  }));
}

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
    training: {
      title: "Training",
      note: "test error per epoch; dashed: on the training images",
      content: trainingFigure({ trials: trained, epochs: 3, selection, description: "Error per epoch." }),
    },
    search: {
      title: "Random search",
      note: "expected error of the best of m; one standard deviation",
      content: randomSearchFigure({ populations: searches, description: "Expected best of m." }),
    },
    widths: {
      title: "Block widths",
      note: "of the ten best RegNets; dashed: u_j",
      content: blockWidthsFigure({ networks: widths, selection, description: "Widths per block." }),
    },
    trend: {
      title: "Activations over FLOPs",
      note: "of RegNets, quartiles of four cost classes, power law",
      content: trendFigure({
        series: [trend],
        x: { metric: metrics.flops, scale: "log" },
        y: { metric: metrics.acts, scale: "log" },
        description: "Activations over multiply-adds.",
      }),
    },
    parallel: {
      title: "All at once",
      note: "a line a network; drag along an axis",
      content: parallelFigure({
        rows: trials.map((trial) => ({
          id: trial.id,
          group: trial.population,
          label: labelOf(trial),
          values: parallelKeys.map((key) => trial[key] ?? Number.NaN),
        })),
        groups,
        axes: parallelKeys.map((key) => ({ metric: metrics[key] })),
        selection,
        description: "All parameters of all networks.",
      }),
    },
    matrix: {
      title: "Error by parameter",
      note: "every parameter against test error",
      content: matrixFigure({
        trials: points("flops", "error"),
        groups,
        y: error,
        panels: (["flops", "params", "acts", "depth", "groupWidth", "slope"] as const).map((key) => ({
          x: { metric: metrics[key] },
          values: trials.map((trial) => trial[key] ?? Number.NaN),
        })),
        selection,
        description: "Test error against every parameter.",
      }),
    },
    heat: {
      title: "Where good networks are",
      note: "depth × activations, mean rank of the error",
      content: heatMapFigure({
        cells: heatCells(),
        x: { metric: metrics.depth },
        y: { metric: metrics.acts },
        selection,
        description: "Mean rank of the error by depth and activations.",
      }),
    },
    forest: {
      title: "Mean errors",
      note: "with their standard errors, twice",
      content: forestFigure({
        rows: curves.map((curve) => {
          const values = errors(curve.id).map(({ error: value }) => value);
          const variance = values.reduce((sum, x) => sum + (x - curve.mean) ** 2, 0) / (values.length - 1);
          const half = 2 * Math.sqrt(variance / values.length);
          return { ...curve, estimate: curve.mean, low: curve.mean - half, high: curve.mean + half };
        }),
        metric: metrics.error,
        reference: curves[0]!.mean,
        description: "Mean error of each population.",
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
