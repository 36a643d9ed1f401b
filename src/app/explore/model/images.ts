import { z } from "zod";
import { type Frame, imagenetFrame, smallImageFrame } from "../../../engine/network/frame.ts";
import { specLimits, stemSchema } from "../../../engine/network/spec.ts";
import {
  imagenetRanges,
  imagenetSetting,
  type SpaceSetting,
  smallImageRanges,
} from "../../../engine/spaces/setting.ts";

/** What the network looks at: images and classes, and the stem that meets them. */
export const imagesSchema = z.strictObject({
  /** Side of the image, pixels. */
  side: z.int().min(1).max(specLimits.side),
  channels: z.int().min(1).max(64),
  classes: z.int().min(1).max(specLimits.classes),
  stem: stemSchema.shape.type,
  stemWidth: stemSchema.shape.width,
});

export type Images = Readonly<z.output<typeof imagesSchema>>;
export type ImagesKind = "small" | "imagenet";

export const smallImages: Images = imagesOf(smallImageFrame);
export const imagenetImages: Images = imagesOf(imagenetFrame);

export function imagesOf({ input, classes, stem }: Frame): Images {
  return {
    side: input.height,
    channels: input.channels,
    classes,
    stem: stem.type,
    stemWidth: stem.width,
  };
}

/** The small stem keeps the size of the image; the two others are ImageNet's. */
export function kindOf({ stem }: Pick<Images, "stem">): ImagesKind {
  return stem === "small" ? "small" : "imagenet";
}

export function defaultImages(kind: ImagesKind): Images {
  return kind === "small" ? smallImages : imagenetImages;
}

export function frameOf(images: Images): Frame {
  const { side, channels, classes, stem, stemWidth } = images;
  return {
    ...(kindOf(images) === "small" ? smallImageFrame : imagenetFrame),
    input: { height: side, width: side, channels },
    classes,
    stem: { type: stem, width: stemWidth },
  };
}

/** What a design space is sampled for. */
export function settingOf(images: Images, stages: number): SpaceSetting {
  const ranges = kindOf(images) === "small" ? smallImageRanges : imagenetRanges;
  return { ...imagenetSetting, frame: frameOf(images), stages, ranges };
}

/** "28×28×1, 10 classes". */
export function imagesText({ side, channels, classes }: Images): string {
  return `${side}×${side}×${channels}, ${classes} classes`;
}
