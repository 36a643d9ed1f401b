import { strided } from "./layers.ts";
import type { NetworkSpec } from "./spec.ts";

/** What is legal and probably not meant. Empty for a sound network. */
export function networkWarnings(spec: NetworkSpec): string[] {
  const { height, width } = spec.input;
  const stemHalvings = spec.stem.type === "resnet" ? 2 : spec.stem.type === "simple" ? 1 : 0;
  let side = Math.max(height, width);
  for (let i = 0; i < stemHalvings; i++) side = strided(side, 2);
  for (const [i, stage] of spec.stages.entries()) {
    if (side === 1 && stage.stride > 1) {
      return [
        `the map is 1×1 before stage ${i + 1}: the image (${height}×${width}) is smaller than the total stride`,
      ];
    }
    side = strided(side, stage.stride);
  }
  return [];
}
