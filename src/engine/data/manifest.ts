import { z } from "zod";

/**
 * What lies in a data set's folder. A shard file holds `count` images, NHWC bytes one after another, then their `count`
 * labels, a byte each: count · (height · width · channels + 1) bytes. Shards follow each other in the order of the split,
 * so the first n images are in the first shards.
 */

const positive = z.int().positive();

const shardSchema = z.strictObject({
  /** File name beside the manifest. */
  file: z.string().regex(/^[\w-]+\.bin$/, "a plain file name that ends with .bin"),
  count: positive,
  bytes: positive,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits"),
});

const splitSchema = z.strictObject({
  count: positive,
  shards: z.array(shardSchema).min(1),
  /** Images of each class; manifests of earlier versions do not say. */
  perClass: z.array(z.int().min(0)).optional(),
});

export const manifestSchema = z
  .strictObject({
    format: z.literal("designscape-dataset"),
    version: z.literal(1),
    name: z.string(),
    title: z.string(),
    /** Height, width, channels. */
    shape: z.tuple([positive, positive, positive]),
    classes: z.array(z.string()).min(2).max(256),
    /** Per channel over all training pixels, as fractions of full brightness (0..1). */
    mean: z.array(z.number().min(0).max(1)),
    std: z.array(z.number().positive().max(1)),
    licence: z.string(),
    source: z.string(),
    split: z.string(),
    train: splitSchema,
    test: splitSchema,
  })
  .superRefine((manifest, context) => {
    const [height, width, channels] = manifest.shape;
    const imageBytes = height * width * channels;
    for (const key of ["mean", "std"] as const) {
      if (manifest[key].length !== channels) {
        context.addIssue({ code: "custom", path: [key], message: `${channels} numbers, one per channel` });
      }
    }
    for (const part of ["train", "test"] as const) {
      const { count, shards, perClass } = manifest[part];
      const classes = manifest.classes.length;
      if (perClass !== undefined && perClass.length !== classes) {
        context.addIssue({
          code: "custom",
          path: [part, "perClass"],
          message: `${classes} counts, one per class`,
        });
      }
      const sum = shards.reduce((total, shard) => total + shard.count, 0);
      if (sum !== count) {
        context.addIssue({ code: "custom", path: [part, "count"], message: `the shards hold ${sum} images` });
      }
      shards.forEach((shard, index) => {
        const bytes = shard.count * (imageBytes + 1);
        if (shard.bytes !== bytes) {
          const path = [part, "shards", index, "bytes"];
          context.addIssue({ code: "custom", path, message: `${shard.count} images take ${bytes} bytes` });
        }
      });
    }
  });

export type DatasetManifest = z.infer<typeof manifestSchema>;
export type ShardEntry = z.infer<typeof shardSchema>;
