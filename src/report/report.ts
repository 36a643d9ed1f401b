import type { Analysis } from "../engine/analysis/analyze.ts";
import { comparisonSection } from "./comparison-section.ts";
import { figureHtml, type ReportFigure } from "./figure-html.ts";
import { escapeHtml } from "./html.ts";
import { methods } from "./methods.ts";
import { populationTables } from "./population-section.ts";
import { reportStyle } from "./style.ts";

/** What a report is made of. */
export interface ReportContent {
  /** Names of the studies or files. */
  readonly title: string;
  /** Below the title: how many trials, which filter, which regime. */
  readonly facts: readonly string[];
  readonly analysis: Analysis;
  /** Of all populations together. */
  readonly figures: readonly ReportFigure[];
  /** Of one population, by its name. */
  readonly populationFigures: ReadonlyMap<string, readonly ReportFigure[]>;
  /** The section of predicted times, where there are any. */
  readonly times?: string | undefined;
}

/** One HTML file that needs nothing else: no script, no network; light or dark as the reader's system is. */
export function reportHtml(content: ReportContent): string {
  const { title, facts, analysis, figures, populationFigures, times = "" } = content;
  const warnings = analysis.warnings.map(
    ({ kind, message }) =>
      `<p class="${kind === "counting" ? "note" : "warning"}">${escapeHtml(message)}</p>`,
  );
  const populations = analysis.populations.map(
    (population) => `<section>
<h2>${escapeHtml(population.name)}</h2>
<div class="figures">${(populationFigures.get(population.name) ?? []).map(figureHtml).join("\n")}</div>
${populationTables(population)}
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Designscape</title>
<style>${reportStyle}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${facts.map(escapeHtml).join(" · ")}</p>
</header>
<main>
${warnings.join("\n")}
<section>
<h2>Comparison</h2>
${comparisonSection(analysis)}
<div class="figures">${figures.map(figureHtml).join("\n")}</div>
</section>
${populations.join("\n")}
${times}
<section>
<h2>What the numbers are</h2>
<dl>${methods.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join("\n")}</dl>
</section>
</main>
</body>
</html>
`;
}
