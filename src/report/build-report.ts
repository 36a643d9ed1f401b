import type { Group } from "../charts/chart-props.ts";
import type { FigureSource } from "../charts/figure/figure.ts";
import { populationLook } from "../charts/palette.ts";
import type { Analysis } from "../engine/analysis/analyze.ts";
import type { ComparedGroup } from "../engine/analysis/comparison-table.ts";
import type { Finding } from "../engine/analysis/finding.ts";
import type { PredictedTimes } from "../engine/analysis/predicted-times.ts";
import { countTrials } from "../engine/analysis/trials/counted.ts";
import { regimeText } from "../engine/analysis/trials/regime-text.ts";
import { comparisonFigures } from "./comparison-figures.ts";
import { populationFigures } from "./population-figures.ts";
import { reportHtml } from "./report.ts";
import { timesSection } from "./times-section.ts";

export interface ReportRequest {
  /** Names of the studies or files. */
  readonly title: string;
  /** Filters and the like, in words. */
  readonly facts: readonly string[];
  readonly groups: readonly ComparedGroup[];
  /** Of these groups. */
  readonly analysis: Analysis;
  /** Predicted against measured times of the trials. */
  readonly times: Finding<PredictedTimes>;
}

/** The report of an analysis: one HTML file, its figures those of the page. */
export function buildReport({ title, facts, groups, analysis, times }: ReportRequest): string {
  const looks = groups.map(({ name }, i): Group => ({ id: name, label: name, ...populationLook(i) }));
  const all = groups.flatMap(({ observations }) => observations);
  const trials = [...new Set(all)];
  const sourceOf = (observations: typeof all): FigureSource => ({
    study: title,
    n: countTrials(observations).counted,
    regime: regimeText(observations),
  });
  return reportHtml({
    title,
    facts: [`${trials.length} trials`, regimeText(trials), ...facts],
    analysis,
    times: times.found ? timesSection(times.value, sourceOf(trials)) : undefined,
    figures: comparisonFigures(analysis, groups, looks, sourceOf(trials)),
    populationFigures: new Map(
      groups.map((group, i) => [
        group.name,
        populationFigures(analysis.populations[i]!, group, looks[i]!, {
          ...sourceOf([...group.observations]),
          study: `${title}: ${group.name}`,
        }),
      ]),
    ),
  });
}
