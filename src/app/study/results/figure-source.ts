import type { FigureSource } from "../../../charts/figure/figure.ts";
import { formatInteger } from "../../../charts/format.ts";
import type { Observation } from "../../../engine/analysis/trials/observation.ts";
import type { Regime } from "../../../engine/training/regime.ts";

/** What stands below every figure: whose networks, how many that count, how they were trained. */
export function figureSource(study: string, observations: readonly Observation[]): FigureSource {
  const regimes = new Set(observations.map(({ regime }) => regimeText(regime)));
  const [only = "no trials"] = regimes;
  return {
    study,
    n: observations.filter(({ error }) => error !== null).length,
    regime: regimes.size > 1 ? `${regimes.size} different regimes` : only,
  };
}

export function regimeText({ dataset, images, epochs, batch }: Regime): string {
  return `${dataset}, ${formatInteger(images)} images × ${epochs} epoch${epochs === 1 ? "" : "s"}, batch ${batch}`;
}
