import type { Group } from "../charts/chart-props.ts";
import type { FigureSource } from "../charts/figure/figure.ts";
import { scatterFigure } from "../charts/scatter-chart.tsx";
import type { PopulationAnalysis } from "../engine/analysis/analyze.ts";
import type { ComparedGroup } from "../engine/analysis/comparison-table.ts";
import { valueIfFound } from "../engine/analysis/finding.ts";
import { bestFigures } from "./best-figures.ts";
import { chartFigure } from "./chart-figure.ts";
import { errorAxis, metricAxis, pointRows } from "./chart-rows.ts";
import type { ReportFigure } from "./figure-html.ts";
import { metricName, metricText } from "./numbers.ts";
import { trendFigures } from "./trend-figures.ts";

/** Error against each cost and parameter that is most worth a picture, with the range of good networks. */
export function populationFigures(
  { ranges, importance, correlations, trends }: PopulationAnalysis,
  { name, observations }: ComparedGroup,
  look: Group,
  source: FigureSource,
): ReportFigure[] {
  const order = valueIfFound(importance)?.parameters.map(({ key }) => key) ?? [];
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const tau = (key: string) => {
    const found = correlations.find((each) => each.key === key)?.correlation;
    return found?.found ? Math.abs(found.value.tau) : 0;
  };
  const known = ranges.flatMap(({ key, range }) => (range.found ? [{ key, range: range.value }] : []));
  known.sort((a, b) => rank(a.key) - rank(b.key) || tau(b.key) - tau(a.key));
  const scatters = known.slice(0, mostPictures).map(({ key, range }) => {
    const rows = pointRows(observations, key, look.id);
    const { low, best, high } = range;
    const text = `${metricText(key, best)}, 95% from ${metricText(key, low)} to ${metricText(key, high)}`;
    const content = scatterFigure({
      rows,
      groups: [look],
      x: metricAxis(key),
      y: errorAxis,
      range: { low, high, median: best, color: look.color },
      description: `Error against ${metricName(key)} of ${rows.length} networks of ${name}; good ones lie at ${text}.`,
      empty: "No trained network has this number.",
    });
    return chartFigure(`Error over ${metricName(key)}`, content, source);
  });
  return [...scatters, ...trendFigures(trends, look, source, 2), ...bestFigures(observations, look, source)];
}

/** More would be a gallery; the table has them all. */
const mostPictures = 6;
