import type { PopulationAnalysis } from "../engine/analysis/analyze.ts";
import type { Finding } from "../engine/analysis/finding.ts";
import { escapeHtml, type ReportTable, tableHtml } from "./html.ts";
import { errorText, estimateText, metricName, metricText, pText, signed } from "./numbers.ts";

/** What one population says, as tables; each says why it is empty. */
export function populationTables(population: PopulationAnalysis): string {
  if (!population.summary.found) return `<p class="missing">${escapeHtml(population.summary.message)}</p>`;
  return [
    rangesTable(population),
    lawsTable(population),
    part(population.importance, "What the error hangs on", (importances) => ({
      caption: `Importance of parameters in a forest that explains ${errorText(Math.max(0, importances.explained))} of the variance of the error’s rank (n = ${importances.n})`,
      heads: ["Parameter", "growth of the squared error when shuffled", "standard error"],
      rows: importances.parameters.map(({ key, importance, deviation }) => [
        metricName(key),
        signed(importance),
        deviation.toFixed(3),
      ]),
    })),
    part(population.epochs, "Order after fewer epochs", (epochs) => ({
      caption: "Kendall’s τ between the errors after fewer epochs and after all",
      heads: ["Epochs", "of", "τ", "p", "n"],
      rows: epochs.map(({ epoch, ofEpochs, correlation }) => [
        String(epoch),
        String(ofEpochs),
        ...(correlation.found
          ? [signed(correlation.value.tau), pText(correlation.value.pValue), String(correlation.value.n)]
          : ["–", "–", "–"]),
      ]),
    })),
    part(population.seeds, "Order under another seed", (seeds) => ({
      caption: "Kendall’s τ between the errors of the same networks under two seeds",
      heads: ["Seeds", "τ", "n", "one network’s error varies by"],
      rows: seeds.map(({ seeds: pair, correlation, noise }) => [
        pair.join(" and "),
        ...(correlation.found ? [signed(correlation.value.tau), String(correlation.value.n)] : ["–", "–"]),
        `± ${errorText(noise)}`,
      ]),
    })),
  ].join("\n");
}

function rangesTable({ ranges, correlations }: PopulationAnalysis): string {
  const taus = new Map(correlations.map(({ key, correlation }) => [key, correlation]));
  const rows = ranges.flatMap(({ key, range }) => {
    if (!range.found) return [];
    const tau = taus.get(key);
    const { low, best, high } = range.value;
    return [
      [
        metricName(key),
        ...[low, best, high].map((value) => metricText(key, value)),
        tau?.found ? signed(tau.value.tau) : "–",
      ],
    ];
  });
  if (rows.length === 0) return `<p class="missing">Too few trials to say what good networks look like.</p>`;
  return tableHtml({
    caption: "Where good networks lie: empirical bootstrap, 95%; τ of the parameter with the error",
    heads: ["Parameter", "low", "median", "high", "τ"],
    rows,
  });
}

function lawsTable({ costLaws }: PopulationAnalysis): string {
  const rows = costLaws.map(({ key, fit }) => [
    `${metricName(key)} ~ FLOPsᵇ`,
    ...(fit.found
      ? [estimateText(fit.value.slope), fit.value.r2.toFixed(2), String(fit.value.n)]
      : [fit.message, "–", "–"]),
  ]);
  return tableHtml({ caption: "Costs over FLOPs", heads: ["Law", "b, 95%", "R²", "n"], rows });
}

function part<T>(finding: Finding<T>, title: string, table: (value: T) => ReportTable): string {
  if (finding.found) return tableHtml(table(finding.value));
  return `<p class="missing"><b>${escapeHtml(title)}:</b> ${escapeHtml(finding.message)}</p>`;
}
