import type { Analysis, PopulationAnalysis } from "../engine/analysis/analyze.ts";
import type { ComparisonRow } from "../engine/analysis/comparison-table.ts";
import type { Finding } from "../engine/analysis/finding.ts";
import type { RankCorrelation } from "../engine/analysis/kendall.ts";
import type { NamedTrend } from "../engine/analysis/parameter-trend.ts";
import type { Estimate } from "../engine/analysis/trend-fit.ts";
import { observedMetric } from "../engine/analysis/trials/metrics.ts";
import { percentText } from "../engine/math/percent.ts";
import { metricText } from "./format.ts";
import { table } from "./output.ts";

/** An analysis for people: the comparison, its sentences, then what each population says. */
export function analysisText({ comparison, populations, warnings }: Analysis): string {
  const parts: string[] = warnings.map(
    ({ kind, message }) => `${kind === "counting" ? "Note" : "Careful"}: ${message}`,
  );
  if (comparison.found) {
    const { rows, pairs } = comparison.value;
    parts.push(comparisonText(rows));
    const sentences = pairs.map(({ names, comparison: pair }) =>
      pair.found ? pair.value.sentence : `${names.join(" and ")}: not compared. ${pair.message}`,
    );
    if (sentences.length > 0) parts.push(sentences.join("\n"));
  } else parts.push(comparison.message);
  return [...parts, ...populations.map(populationText)].join("\n\n");
}

function comparisonText(rows: readonly ComparisonRow[]): string {
  const heads = [
    "population",
    "n",
    "min",
    "mean",
    "median",
    "best of 10",
    "diverged",
    "failed",
    "D",
    "p",
    "δ",
  ];
  const cells = rows.map(({ name, counts, summary, bestOf10, against }) => [
    name,
    String(counts.counted),
    ...(["min", "mean", "median"] as const).map((key) =>
      summary.found ? percentText(summary.value[key]) : "–",
    ),
    bestOf10.found ? percentText(bestOf10.value) : "–",
    String(counts.diverged),
    String(counts.failed),
    ...(against?.found
      ? [
          against.value.test.statistic.toFixed(2),
          pText(against.value.adjusted?.pValue ?? against.value.test.pValue),
          against.value.delta.toFixed(2),
        ]
      : ["–", "–", "–"]),
  ]);
  return table(heads, cells);
}

function populationText(population: PopulationAnalysis): string {
  const { name, networks, summary, ranges, fronts, costLaws, trends, epochs, seeds, importance } = population;
  if (!summary.found) return `${name}\n  ${summary.message}`;
  const known = ranges.flatMap(({ key, range }) => (range.found ? [{ key, range: range.value }] : []));
  const lines = [
    name,
    ...indented(
      known.length === 0
        ? "good networks: too few to tell"
        : table(
            ["good networks", "low", "median", "high"],
            known.map(({ key, range }) => [
              labelOf(key),
              ...[range.low, range.best, range.high].map((value) => metricText(key, value)),
            ]),
          ),
    ),
    ...costLaws.map(({ key, fit }) =>
      said(fit, `${key} ~ flops^b`, ({ slope, r2 }) => `b = ${interval(slope)}, R² ${r2.toFixed(2)}`),
    ),
    ...fronts.map(({ cost, plane }) =>
      said(plane, `front of ${cost} and error`, ({ front, n }) => {
        const names = front.slice(0, 6).map((i) => networks[i]!.name);
        const more = front.length > names.length ? ", …" : "";
        return `${front.length} of ${n} networks: ${names.join(", ")}${more}`;
      }),
    ),
    ...trendLines(trends),
    said(importance, "what the error hangs on", ({ parameters, explained }) =>
      explained <= 0.05
        ? `nothing that a forest could learn (it explains ${percentText(Math.max(0, explained))} of the error's rank)`
        : `${parameters
            .slice(0, 4)
            .map(({ key, importance: share }) => `${labelOf(key)} ${share.toFixed(2)}`)
            .join(", ")} (${percentText(explained)} of the error's rank explained)`,
    ),
    said(epochs, "order after fewer epochs", (each) =>
      each
        .map(
          ({ epoch, correlation }) =>
            `τ ${correlation.found ? tauText(correlation.value) : "–"} after ${epoch}`,
        )
        .join(", "),
    ),
    ...(seeds.found
      ? seeds.value.map(
          ({ seeds: pair, correlation, noise }) =>
            `order under seeds ${pair.join(" and ")}: τ ${correlation.found ? tauText(correlation.value) : "–"}, one network's error ± ${percentText(noise)}`,
        )
      : []),
  ];
  return lines.map((line, i) => (i === 0 ? line : `  ${line}`)).join("\n");
}

function tauText({ tau, n }: RankCorrelation): string {
  return `${tau.toFixed(2)} (n = ${n})`;
}

/** Parameters whose good values follow flops by more than noise. */
function trendLines(trends: readonly NamedTrend[]): string[] {
  const fits = trends.flatMap(({ key, trend }) =>
    trend.found && trend.value.fit.found ? [{ key, slope: trend.value.fit.value.slope }] : [],
  );
  if (fits.length === 0) return [];
  const clear = fits.filter(({ slope }) => slope.low > 0 || slope.high < 0);
  const said = clear.map(({ key, slope }) => `${labelOf(key)} ~ flops^${interval(slope)}`).join(", ");
  return [`good values over flops: ${said === "" ? "no parameter follows them by more than noise" : said}`];
}

function indented(text: string): string[] {
  return text.split("\n");
}

function said<T>(finding: Finding<T>, what: string, text: (value: T) => string): string {
  return `${what}: ${finding.found ? text(finding.value) : lowered(finding.message)}`;
}

function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function interval({ value, low, high }: Estimate): string {
  return `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

function labelOf(key: string): string {
  const metric = observedMetric(key);
  return metric?.symbol ?? metric?.label.toLowerCase() ?? key;
}

function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}
