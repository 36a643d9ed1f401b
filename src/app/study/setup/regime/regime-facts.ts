import { formatInteger, trim } from "../../../../charts/format.ts";
import type { Regime } from "../../../../engine/training/regime.ts";
import { regimeFields, regimeSwitches } from "../../../../engine/training/regime-fields.ts";
import { finalRateOf, scheduleDefaults } from "../../../../engine/training/schedule.ts";
import type { Fact } from "../../../ui/facts.tsx";

/** What a regime asks for beyond the numbers that every one has: nothing where nothing is on. */
export function furtherFacts(regime: Regime): Fact[] {
  return [
    fact("validation", "Validation images", regime.validation ? formatInteger(regime.validation) : ""),
    fact("schedule", "Schedule", scheduleText(regime)),
    fact("regularization", "Regularization", regularizationText(regime)),
    fact("ema", "Averaged weights d", regime.ema ? `${regime.ema}` : ""),
    fact("spareNorms", "Weight decay", regime.spareNorms ? "spares norms" : ""),
    fact("progressive", "Progressive", progressiveText(regime)),
    fact("fineTune", "Fine-tuning", fineTuneText(regime)),
    fact("reproducible", "Rounding", regime.reproducible ? "reproducible" : ""),
  ].filter(({ value }) => value !== "");
}

function fact(key: string, label: string, value: string): Fact & { readonly value: string } {
  return { key, label, value };
}

function scheduleText(regime: Regime): string {
  const { milestones = scheduleDefaults.milestones, stepFactor = scheduleDefaults.stepFactor } = regime;
  if (regime.schedule === "step") return `×${stepFactor} at ${milestones.join(", ")}`;
  const final = finalRateOf(regime);
  return final > 0 && final < 1 ? `down to ${trim(final, 3)} of the peak` : "";
}

function regularizationText(regime: Regime): string {
  const numbers = regimeFields.filter(({ group, key }) => group === "regularization" && regime[key]);
  const on = regimeSwitches.filter(({ group, key }) => group === "regularization" && regime[key]);
  return [
    ...numbers.map(({ key, label }) => `${label.toLowerCase()} ${regime[key]}`),
    ...on.map(({ label }) => label.toLowerCase()),
  ].join(", ");
}

function progressiveText({ progressive }: Regime): string {
  if (progressive === undefined) return "";
  const { phases, ...begin } = progressive;
  const from = Object.entries(begin).flatMap(([key, value]) =>
    value === undefined ? [] : [key === "resolution" ? `${value} pixels` : `${key} ${value}`],
  );
  return `${phases} phases from ${from.join(", ")}`;
}

function fineTuneText({ fineTune }: Regime): string {
  if (fineTune === undefined) return "";
  const { resolution, epochs, learningRate } = fineTune;
  return `last ${epochs} ${epochs === 1 ? "epoch" : "epochs"} at ${resolution} pixels, η ${trim(learningRate, 3)}`;
}
