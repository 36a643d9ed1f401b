import type { Group } from "../charts/chart-props.ts";
import { randomSearchFigure } from "../charts/curve-charts.tsx";
import { edfFigure } from "../charts/edf/edf-chart.tsx";
import type { EdfCurve } from "../charts/edf/edf-curve.ts";
import type { FigureSource } from "../charts/figure/figure.ts";
import { paretoFigure } from "../charts/pareto-chart.tsx";
import type { Analysis } from "../engine/analysis/analyze.ts";
import type { EdfBand } from "../engine/analysis/bands.ts";
import type { ComparedGroup } from "../engine/analysis/comparison-table.ts";
import { dkwBand } from "../engine/analysis/dkw.ts";
import { edf, summarizeErrors } from "../engine/analysis/edf.ts";
import { valueIfFound } from "../engine/analysis/finding.ts";
import { paretoPlane } from "../engine/analysis/pareto-plane.ts";
import { countedErrors } from "../engine/analysis/trials/counted.ts";
import { chartFigure } from "./chart-figure.ts";
import { errorAxis, metricAxis, pointRows } from "./chart-rows.ts";
import type { ReportFigure } from "./figure-html.ts";
import { trendFigures } from "./trend-figures.ts";

/** Figures of all populations together. */
export function comparisonFigures(
  { populations, normalized, trends }: Analysis,
  groups: readonly ComparedGroup[],
  looks: readonly Group[],
  source: FigureSource,
): ReportFigure[] {
  const curves = groups.flatMap(({ observations }, i) => {
    const errors = countedErrors(observations);
    return errors.found ? [plainCurve(looks[i]!, errors.value)] : [];
  });
  const plain = chartFigure(
    "Error distribution",
    edfFigure({
      curves,
      description: `Error distribution functions of ${curves.map(({ label }) => label).join(", ")} with 95% bands.`,
      empty: "No population has a trial that counts.",
      focus: "usual",
    }),
    source,
  );
  return [
    plain,
    ...normalizedFigure(normalized, groups, looks, source),
    searchFigure(populations, looks, source),
    frontFigure(groups, looks, source),
    ...trendFigures(trends, regimesLook, source, 6),
  ];
}

function normalizedFigure(
  normalized: Analysis["normalized"],
  groups: readonly ComparedGroup[],
  looks: readonly Group[],
  source: FigureSource,
): ReportFigure[] {
  if (groups.length < 2) return [];
  const curves = (valueIfFound(normalized) ?? []).flatMap(({ band }, i) =>
    band.found ? [weightedCurve(looks[i]!, band.value)] : [],
  );
  const content = edfFigure({
    curves,
    description: "Error distribution functions, networks weighted to one distribution of FLOPs.",
    empty: normalized.found ? "No population has a trial that counts." : normalized.message,
    focus: "usual",
  });
  return [chartFigure("Error distribution at equal complexity", content, source)];
}

/** Trends through populations belong to none of them. */
const regimesLook: Group = { id: "regimes", label: "populations as regimes", color: "var(--ink)" };

function searchFigure(
  populations: Analysis["populations"],
  looks: readonly Group[],
  source: FigureSource,
): ReportFigure {
  const content = randomSearchFigure({
    populations: populations.flatMap(({ search }, i) => {
      if (!search.found) return [];
      const { sizes, expected, low, high } = search.value;
      const points = sizes.map((m, k) => ({ m, expected: expected[k]!, low: low[k]!, high: high[k]! }));
      return [{ ...looks[i]!, points }];
    }),
    description:
      "Expected error of the best of m networks drawn at random; nine of ten searches end in the band.",
    empty: "No population has a trial that counts.",
  });
  return chartFigure("Random search", content, source);
}

/** Error against FLOPs of all trials, with the front of them all. */
function frontFigure(
  groups: readonly ComparedGroup[],
  looks: readonly Group[],
  source: FigureSource,
): ReportFigure {
  const rows = groups.flatMap(({ observations }, i) => pointRows(observations, "flops", looks[i]!.id));
  const plane = valueIfFound(
    paretoPlane(
      rows.map(({ x }) => x),
      rows.map(({ y }) => y),
    ),
  );
  const front = new Set((plane?.front ?? []).map((i) => rows[i]!.id));
  return chartFigure(
    "Front of error and FLOPs",
    paretoFigure({
      rows,
      groups: looks,
      x: metricAxis("flops"),
      y: errorAxis,
      front,
      description: `Error against FLOPs of ${rows.length} networks; ${front.size} are on the front.`,
    }),
    source,
  );
}

/** The EDF with its DKW band, a step a network. */
function plainCurve(look: Group, errors: readonly number[]): EdfCurve {
  const { errors: sorted, shares } = edf(errors);
  const { n, min, mean } = summarizeErrors(errors)!;
  return {
    ...look,
    rows: sorted.map((x, i) => ({ x, y: shares[i]! })),
    band: sorted.map((x, i) => {
      const [low, high] = dkwBand(shares[i]!, n);
      return { x, low, high };
    }),
    n,
    min,
    mean,
  };
}

function weightedCurve(look: Group, band: EdfBand): EdfCurve {
  const errors = Array.from(band.errors);
  return {
    ...look,
    rows: errors.map((x, i) => ({ x, y: band.share[i]! })),
    band: errors.map((x, i) => ({ x, low: band.low[i]!, high: band.high[i]! })),
    n: band.n,
    min: errors[0]!,
    mean: meanOf(band),
  };
}

/** Of the weighted errors, from the steps of their shares. */
function meanOf({ errors, share }: EdfBand): number {
  return errors.reduce((sum, error, i) => sum + error * (share[i]! - (share[i - 1] ?? 0)), 0);
}
