import { metricValue } from "./metrics.ts";
import { type Observation, stageKeys } from "./observation.ts";

const lineKeys = [
  "depth",
  "initialWidth",
  "slope",
  "widthMultiplier",
  "groupWidth",
  "bottleneckRatio",
  "seRatio",
] as const;

/**
 * Keys of the parameters that tell these trials apart, as their space draws them: a RegNet's line, b and g; the stages of
 * any other network, with one number where all stages of every trial share it. Parameters that do not vary are left out,
 * as is e_fit, which no space draws.
 */
export function drawnParameters(observations: readonly Observation[]): string[] {
  const varying = (key: string) => varies(observations, key);
  const known = (key: string) => observations.every((each) => metricValue(each, key) !== undefined);
  if (observations.length > 0 && ["initialWidth", "slope", "widthMultiplier"].every(known))
    return lineKeys.filter(varying);
  const stages = observations.reduce((most, { spec }) => Math.max(most, spec.stages.length), 0);
  const perStage = stageKeys.flatMap((key) => {
    const ofStages = Array.from({ length: stages }, (_, i) => `${key}${i + 1}`);
    const shared = key !== "depth" && key !== "width" && known(key);
    return shared ? [key] : ofStages;
  });
  return ["depth", ...perStage].filter(varying);
}

function varies(observations: readonly Observation[], key: string): boolean {
  let first: number | undefined;
  for (const observation of observations) {
    const value = metricValue(observation, key);
    if (value === undefined) continue;
    first ??= value;
    if (value !== first) return true;
  }
  return false;
}
