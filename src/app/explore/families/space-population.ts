import { drawNetwork } from "../../../engine/spaces/population.ts";
import { type SpaceId, spaceOf } from "../../../engine/spaces/registry.ts";
import { type Images, settingOf } from "../model/images.ts";
import type { PopulationOf, Values } from "./family.ts";

/** A design space as the population around a network: no budget, the ranges of the image setting. */
export function spacePopulation(
  space: SpaceId,
  images: Images,
  stages: number,
  fixed: Values = {},
): PopulationOf {
  const setting = settingOf(images, stages);
  return {
    label: `${spaceOf(space).label}, ${stages} stages, ${images.side}×${images.side}`,
    key: JSON.stringify([space, stages, images]),
    draw(seed, index) {
      const { params, cost } = drawNetwork({ space, setting, budget: {}, seed }, index);
      const { family: _, ...values } = params;
      return { values: { ...values, ...fixed } as Values, cost };
    },
  };
}
