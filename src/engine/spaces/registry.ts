import { anynetSpaces } from "./anynet-spaces.ts";
import { mbconvSpaces } from "./mbconv-spaces.ts";
import { regnetSpaces } from "./regnet-spaces.ts";
import { resnetSpaces } from "./resnet-spaces.ts";
import type { Space } from "./space.ts";

// What a drawn network comes with is part of a space's contract.
export type { NetworkParams, SampledNetwork, Space } from "./space.ts";

const registry = { ...anynetSpaces, ...regnetSpaces, ...resnetSpaces, ...mbconvSpaces };

export type SpaceId = keyof typeof registry;

/** All spaces: AnyNetX in the order in which the paper narrows them, RegNets, the older families, MBConv. */
export const spaces: readonly (Space & { readonly id: string })[] = Object.values(registry);

export const spaceIds = Object.keys(registry) as SpaceId[];

export function spaceOf(id: SpaceId): Space {
  return registry[id];
}
