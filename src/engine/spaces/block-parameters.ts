import type { Rng } from "../math/rng.ts";
import type { SpaceParameter } from "./parameter.ts";
import { drawValue, isValues, type WholeDraw } from "./parameter-draw.ts";
import { regnetInfo } from "./regnet-info.ts";

/** Parameters of the X block that AnyNets and RegNets share; what they are usually drawn from is the space's. */

export const bottleneckParameter: SpaceParameter = {
  name: "bottleneckRatio",
  info: regnetInfo.bottleneckRatio,
  usual: undefined,
  limits: [1 / 8, 8],
  grid: 0,
  step: 1,
  powers: true,
};

export const groupParameter: SpaceParameter = {
  name: "groupWidth",
  info: regnetInfo.groupWidth,
  usual: undefined,
  limits: [1, 1024],
  grid: 1,
  step: 1,
};

/** Not drawn where nothing is said: 0 in X blocks, 1/4 in Y blocks. */
export const squeezeParameter: SpaceParameter = {
  name: "seRatio",
  info: regnetInfo.seRatio,
  usual: [0],
  limits: [0, 1],
  grid: 0,
  step: 0.001,
};

/**
 * The squeeze ratio of a network. A fixed one takes nothing from the stream, so that populations with and without
 * squeeze-and-excitation are else the same networks.
 */
export function squeezeRatio(rng: Rng, draw: WholeDraw | undefined, usual: number): number {
  if (draw === undefined) return usual;
  return isValues(draw) && draw.length === 1 ? draw[0]! : drawValue(rng, draw);
}
