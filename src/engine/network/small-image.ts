import { strided } from "./layers.ts";
import type { NetworkSpec } from "./spec.ts";

/** Images of some tens of pixels. */
export interface SmallImages {
  readonly side: number;
  readonly channels: number;
  readonly classes: number;
}

/** The last map keeps at least this side. */
const smallestMap = 4;

/**
 * A network for small images: the stem keeps their size (3×3, stride 1), and the first stages give up their strides
 * until the last map is at least 4×4, as CIFAR versions of ImageNet networks do. Depths, widths and blocks stay.
 */
export function smallImageVersion(
  baseline: NetworkSpec,
  { side, channels, classes }: SmallImages,
): NetworkSpec {
  let map = side;
  let halvings = 0;
  while (strided(map, 2) >= smallestMap) {
    map = strided(map, 2);
    halvings += 1;
  }
  // The last strides stay: a stride is kept while no more halvings follow it than the image bears.
  let following = 0;
  const stages = [...baseline.stages].reverse().map((stage) => {
    if (stage.stride === 1) return stage;
    following += Math.log2(stage.stride);
    return following <= halvings ? stage : { ...stage, stride: 1 };
  });
  return {
    ...baseline,
    input: { height: side, width: side, channels },
    classes,
    stem: { type: "small", width: baseline.stem.width },
    stages: stages.reverse(),
  };
}
