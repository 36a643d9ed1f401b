import { percentOf } from "../../../../engine/math/percent.ts";
import {
  type Halving,
  reaching,
  rungsOf,
  type StopRules,
  schedulingProblems,
} from "../../../../engine/sweep/scheduling.ts";
import type { Study } from "../../../../engine/sweep/study.ts";
import type { Fact } from "../../../ui/facts.tsx";

/** What a study asks for beside its regime: nothing where nothing is on. */
export function schedulingFacts({ repeats = 1, halving, stop = {} }: Study): Fact[] {
  const { minutes, trialMinutes, error } = stop;
  return [
    fact("repeats", "Seeds each", repeats > 1 ? `${repeats}` : ""),
    fact("halving", "Halving", halving ? halvingText(halving) : ""),
    fact("minutes", "Study’s time", minutes === undefined ? "" : `${minutes} min`),
    fact("trialMinutes", "Trial’s time", trialMinutes === undefined ? "" : `${trialMinutes} min`),
    fact("error", "Cut", error ? cutText(error) : ""),
  ].filter(({ value }) => value !== "");
}

function fact(key: string, label: string, value: string): Fact & { readonly value: string } {
  return { key, label, value };
}

function halvingText({ epochs, factor }: Halving): string {
  return `1/${factor} from epoch ${epochs} on`;
}

function cutText({ epochs, above }: NonNullable<StopRules["error"]>): string {
  return `≥ ${percentOf(above)}% at epoch ${epochs}`;
}

/** How many networks come how far, e.g. "RegNetX: 16 to epoch 2, 8 to epoch 4"; none where halving could not take effect. */
export function rungTexts({ populations, regime, halving }: Study): string[] {
  if (halving === undefined || schedulingProblems({ regime, halving }).length > 0) return [];
  // While fields are being filled in, any number may stand there.
  if (!(halving.epochs >= 1 && halving.factor >= 2)) return [];
  const rungs = rungsOf({ regime, halving });
  return populations.map(({ name, count }) => {
    const parts = rungs.map((epochs, rung) => `${reaching(count, rung, halving)} to epoch ${epochs}`);
    return `${name}: ${parts.join(", ")}`;
  });
}
