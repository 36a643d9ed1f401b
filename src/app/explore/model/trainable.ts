import type { DatasetFacts } from "../../../engine/data/catalogue.ts";
import type { NetworkSpec } from "../../../engine/network/spec.ts";
import { misfit } from "../../../engine/sweep/population.ts";
import type { Family, Point } from "../families/family.ts";
import { type Images, kindOf, smallImages } from "./images.ts";

/** The network as it can be trained on a data set. */
export type Trainable =
  /** `asSmall`: it is not what is shown, but the same parameters on the images of the data set. */
  { readonly spec: NetworkSpec; readonly asSmall: boolean } | { readonly reason: string };

/** The network that is shown, and what it is made of. */
export interface Shown {
  readonly family: Family;
  readonly point: Point;
  readonly network: { readonly spec: NetworkSpec };
}

export function trainableOn(
  dataset: DatasetFacts,
  { family, point, network: { spec: shown } }: Shown,
): Trainable {
  if (misfit(shown, dataset) === undefined) return { spec: shown, asSmall: false };
  const images = imagesOfDataset(dataset, point.images);
  const { spec } = family.build({ ...point, images });
  const problem = misfit(spec, dataset);
  return problem === undefined
    ? { spec, asSmall: true }
    : { reason: `It cannot be trained on ${dataset.title}: ${problem.path.slice(1)} ${problem.message}.` };
}

function imagesOfDataset({ shape, classes }: DatasetFacts, own: Images): Images {
  const [side, , channels] = shape;
  // An ImageNet stem is twice as wide as small images need.
  const stemWidth = kindOf(own) === "small" ? own.stemWidth : smallImages.stemWidth;
  return { side, channels, classes: classes.length, stem: "small", stemWidth };
}
