import { InputError } from "../../../engine/math/input-error.ts";
import { smallImageVersion } from "../../../engine/network/small-image.ts";
import type { NetworkSpec } from "../../../engine/network/spec.ts";
import { isPublished, publishedNetwork, publishedNetworks } from "../../../engine/published/registry.ts";
import { type Images, kindOf } from "../model/images.ts";

/** Networks that the papers scale: EfficientNet-B0, ResNet-50, any RegNet. */
export const baselines = publishedNetworks.filter(
  ({ id, family }) =>
    id === "efficientnet-b0" || id === "resnet-50" || family === "RegNetX" || family === "RegNetY",
);

export const defaultBaseline = "efficientnet-b0";

/** The baseline on these images; on small ones its small-image version, which keeps the size in its stem. */
export function baselineSpec(id: string, images: Images): NetworkSpec {
  if (!isPublished(id)) {
    const message = `${JSON.stringify(id)} is not known; expected ${baselines.map((one) => one.id).join(", ")}`;
    throw new InputError([{ path: "baseline", message }]);
  }
  return onImages(publishedNetwork(id).spec, images);
}

/** Any published network on these images. */
export function onImages(spec: NetworkSpec, images: Images): NetworkSpec {
  const { side, channels, classes } = images;
  if (kindOf(images) === "small") return smallImageVersion(spec, { side, channels, classes });
  return { ...spec, input: { height: side, width: side, channels }, classes };
}
