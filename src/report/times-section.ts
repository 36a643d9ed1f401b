import type { FigureSource } from "../charts/figure/figure.ts";
import { populationLook } from "../charts/palette.ts";
import { predictionFigure } from "../charts/prediction-chart.tsx";
import {
  factorText,
  type PredictedTimes,
  predictedTimesSentence,
} from "../engine/analysis/predicted-times.ts";
import { chartFigure } from "./chart-figure.ts";
import { figureHtml } from "./figure-html.ts";
import { escapeHtml } from "./html.ts";

/** How far predictions of times were off, in a sentence and a picture. Every trial counts, each seed of a network one. */
export function timesSection(times: PredictedTimes, source: FigureSource): string {
  const populations = [...new Set(times.trials.map(({ population }) => population))];
  const content = predictionFigure({
    times,
    factorText: factorText(times.factor),
    groups: populations.map((name, i) => ({ id: name, label: name, ...populationLook(i) })),
  });
  return `<section>
<h2>Predicted times</h2>
<p>${escapeHtml(predictedTimesSentence(times))}</p>
<div class="figures">${figureHtml(chartFigure("Measured against predicted time", content, { ...source, n: times.n }))}</div>
</section>`;
}
