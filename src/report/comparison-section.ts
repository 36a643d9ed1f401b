import type { Analysis } from "../engine/analysis/analyze.ts";
import type { ComparisonRow, ComparisonTable, PairFinding } from "../engine/analysis/comparison-table.ts";
import { escapeHtml, type ReportTable, tableHtml } from "./html.ts";
import { errorText, pText, signed } from "./numbers.ts";

/** Who is better, and is it noise: the table, and a sentence a pair. */
export function comparisonSection({ comparison }: Pick<Analysis, "comparison">): string {
  if (!comparison.found) return `<p class="missing">${escapeHtml(comparison.message)}</p>`;
  const { pairs } = comparison.value;
  const items = pairs.map((pair) => `<li>${escapeHtml(sentenceOf(pair))}</li>`).join("\n");
  return `${tableHtml(comparisonTableOf(comparison.value))}${items === "" ? "" : `<ul class="verdicts">${items}</ul>`}`;
}

function sentenceOf({ names, comparison }: PairFinding): string {
  return comparison.found
    ? comparison.value.sentence
    : `${names.join(" and ")} are not compared. ${comparison.message}`;
}

export function comparisonTableOf({ rows, baseline }: ComparisonTable): ReportTable {
  return {
    caption: `Errors of all populations; D, p and δ against ${baseline}`,
    heads: [
      "Population",
      "n",
      "min",
      "mean",
      "median",
      "best of 10",
      "diverged",
      "failed",
      "unfinished",
      "D",
      "p (Holm)",
      "p (permutation)",
      "Cliff’s δ",
    ],
    rows: rows.map(rowOf),
  };
}

function rowOf({ name, counts, summary, bestOf10, against }: ComparisonRow): string[] {
  const { counted, diverged, failed, unfinished } = counts;
  const errors = (["min", "mean", "median"] as const).map((key) =>
    summary.found ? errorText(summary.value[key]) : "–",
  );
  const best = bestOf10.found ? errorText(bestOf10.value) : "–";
  const tests = against?.found
    ? [
        against.value.test.statistic.toFixed(2),
        pText(against.value.adjusted?.pValue ?? against.value.test.pValue),
        pText(against.value.permutation.pValue),
        `${signed(against.value.delta)} ${against.value.magnitude}`,
      ]
    : ["–", "–", "–", "–"];
  return [name, String(counted), ...errors, best, ...[diverged, failed, unfinished].map(String), ...tests];
}
