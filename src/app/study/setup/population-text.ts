import { formatDraw, type ParameterDraws } from "../../../engine/spaces/parameter-draw.ts";
import { formatKnob } from "../../../engine/sweep/knob.ts";
import { normLabel } from "../../../engine/sweep/norm-choice.ts";
import {
  type Baseline,
  type ScaledPopulation,
  scalingKnobs,
} from "../../../engine/sweep/scaled-population.ts";

/** "groupWidth 8, 16". */
export function parameterTexts(parameters: ParameterDraws = {}): string[] {
  return Object.entries(parameters).flatMap(([name, draw]) =>
    draw === undefined ? [] : [`${parameterWord(name)} ${formatDraw(draw)}`],
  );
}

/** groupWidth → "group width". */
function parameterWord(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** "depth of efficientnet-b0, d 0.5..2". */
export function scaledText({ scaling, baseline, factors, flops, norm }: ScaledPopulation): string {
  const knob = factors
    ? `${scalingKnobs[scaling].symbol} ${formatKnob(factors, "factors")}`
    : `${formatKnob(flops ?? [], "flops")} multiply-adds`;
  const normed = norm === undefined ? [] : [normLabel(norm).toLowerCase()];
  return [`${scaling} of ${baselineText(baseline)}`, knob, ...normed].join(", ");
}

export function baselineText(baseline: Baseline): string {
  if (!("preset" in baseline)) return baseline.name ?? "a network";
  const { preset, depth, width } = baseline;
  const parts = [...(depth === 1 ? [] : [`depth × ${depth}`]), ...(width === 1 ? [] : [`width × ${width}`])];
  return parts.length === 0 ? preset : `${preset} (${parts.join(", ")})`;
}
