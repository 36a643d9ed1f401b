import { drawNetwork } from "../../../engine/spaces/population.ts";
import { type SampledNetwork, type SpaceId, spaceOf } from "../../../engine/spaces/registry.ts";
import { type Images, settingOf } from "../model/images.ts";
import type { PopulationOf, Values } from "./family.ts";

/** A design space as the population around a network: no budget, the ranges of the image setting. */
export function spacePopulation(
  id: SpaceId,
  images: Images,
  stages: number,
  valuesOf: (network: SampledNetwork) => Values,
): PopulationOf {
  const space = spaceOf(id);
  const count = space.fixedStages ?? stages;
  const setting = settingOf(images, count);
  return {
    label: `${space.label}, ${count} stages, ${images.side}×${images.side}`,
    key: JSON.stringify([id, count, images]),
    draw(seed, index) {
      const member = drawNetwork({ space: id, setting, budget: {}, seed }, index);
      return { values: valuesOf(member), cost: member.cost };
    },
  };
}
