import { type Complexity, complexity } from "../../../engine/network/complexity.ts";
import type { PublishedNetwork } from "../../../engine/published/published.ts";
import { publishedNetworks } from "../../../engine/published/registry.ts";
import { onImages } from "../families/baseline.ts";
import { type Images, imagenetImages, kindOf } from "./images.ts";

/** A published network on the images of this page. */
export interface Relative {
  readonly network: PublishedNetwork;
  readonly cost: Complexity;
  /** Side of its image here. */
  readonly side: number;
  /** On the images it was published with. */
  readonly asPublished: boolean;
}

const metrics = ["flops", "params", "acts"] as const;

/**
 * The published network most like this one: the least distance of ln flops, ln params and ln acts, so that twice as much
 * and half as much are equally far.
 */
export function nearestRelative(cost: Complexity, relatives: readonly Relative[]): Relative | undefined {
  let nearest: Relative | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const relative of relatives) {
    const distance = metrics.reduce(
      (sum, metric) => sum + Math.log(cost[metric] / relative.cost[metric]) ** 2,
      0,
    );
    if (distance < least) [nearest, least] = [relative, distance];
  }
  return nearest;
}

/** Published networks of some families on these images; those that scale the image keep their ratio to 224 pixels. */
export function relativesOn(images: Images, familyNames: readonly string[]): readonly Relative[] {
  const { side, channels, classes } = images;
  const key = JSON.stringify([side, channels, classes, kindOf(images), familyNames]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const relatives = publishedNetworks
    .filter(({ family }) => familyNames.includes(family))
    .map((network): Relative => {
      const own = network.spec.input.height;
      const here = Math.max(1, Math.round((own * side) / imagenetImages.side));
      const spec = onImages(network.spec, { ...images, side: here });
      const asPublished =
        kindOf(images) === "imagenet" && here === own && classes === network.spec.classes && channels === 3;
      return { network, cost: complexity(spec), side: here, asPublished };
    });
  // A slider of the resolution visits many: the oldest make room.
  if (cache.size >= 64) cache.delete(cache.keys().next().value!);
  cache.set(key, relatives);
  return relatives;
}

const cache = new Map<string, readonly Relative[]>();
