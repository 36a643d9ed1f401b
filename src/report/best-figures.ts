import type { Group, Look } from "../charts/chart-props.ts";
import { blockWidthsFigure, trainingFigure } from "../charts/curve-charts.tsx";
import type { FigureSource } from "../charts/figure/figure.ts";
import { populationLook } from "../charts/palette.ts";
import type { Observation } from "../engine/analysis/trials/observation.ts";
import { widthLine } from "../engine/analysis/trials/width-line.ts";
import { blockWidths } from "../engine/spaces/fit.ts";
import { chartFigure } from "./chart-figure.ts";
import type { ReportFigure } from "./figure-html.ts";

/** Networks that are drawn one by one; more lines could not be told apart. */
const mostNetworks = 6;

/** The best networks of a population: widths of their blocks, and how they trained. */
export function bestFigures(
  observations: readonly Observation[],
  { label }: Group,
  source: FigureSource,
): ReportFigure[] {
  const best = observations
    .filter(({ status, error }) => status === "done" && error !== null)
    .sort((a, b) => a.error! - b.error!)
    .slice(0, mostNetworks);
  if (best.length === 0) return [];
  const named = (observation: Observation, i: number): Look & { id: string; label: string } => ({
    id: observation.id,
    label: observation.name,
    ...populationLook(i),
  });
  const widths = blockWidthsFigure({
    networks: best.map((observation, i) => ({
      ...named(observation, i),
      widths: blockWidths(observation.spec),
      line: widthLine(observation),
    })),
    description: `Block widths of the ${best.length} best networks of ${label}.`,
  });
  const figures = [chartFigure(`Block widths of the ${best.length} best`, widths, source)];
  const trained = best.filter(({ epochErrors }) => epochErrors.length > 1);
  if (trained.length === 0) return figures;
  const curves = trainingFigure({
    trials: trained.map((observation, i) => ({
      ...named(observation, i),
      epochs: observation.epochErrors.map((testError, epoch) => ({
        epoch: epoch + 1,
        testError,
        trainError: Number.NaN,
      })),
    })),
    epochs: trained.reduce((most, { epochErrors }) => Math.max(most, epochErrors.length), 0),
    description: `Test error per epoch of the ${trained.length} best networks of ${label}.`,
  });
  return [...figures, chartFigure(`Training of the ${trained.length} best`, curves, source)];
}
