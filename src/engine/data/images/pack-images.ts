import { InputError } from "../../math/input-error.ts";
import { createRng } from "../../math/rng.ts";
import { badFile, bytesText, importLimits } from "../files/limits.ts";
import {
  type DatasetDescription,
  imageBytesOf,
  perClass,
  type RawDataset,
  trainingStatistics,
} from "../shards.ts";
import { byClass, interleave } from "../split.ts";
import type { LabelledImages } from "./labelled-images.ts";
import type { Pixels } from "./pixels.ts";
import { type ImageForm, packImage } from "./resize.ts";

export const formLimits = { side: { min: 8, max: 256 }, testFraction: { min: 0.05, max: 0.5 } } as const;

export interface PackOptions extends ImageForm {
  /** Share of every class that tests, where the source does not divide its images. */
  readonly testFraction: number;
  /** Leaves out images that cannot be read, and tells of them; otherwise the first one ends it. */
  readonly skipUnreadable: boolean;
}

export interface PackedImages {
  readonly raw: RawDataset;
  readonly shape: DatasetDescription["shape"];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Images of each class. */
  readonly train: readonly number[];
  readonly test: readonly number[];
  /** How training and test images were told apart. */
  readonly split: string;
  /** What could not be read, where that is allowed: "flowers.zip: rose/3.png: is a damaged PNG image …". */
  readonly unreadable: readonly string[];
}

export interface PackProgress {
  /** After every image. */
  onImage?(done: number, total: number): void;
  readonly signal?: AbortSignal;
}

/** Images that are decoded side by side: browsers decode outside of the thread that asks. */
const lanes = 4;
/** Seed of split and order: the same images always give the same data set. */
const seed = 1;

/**
 * Reads every image, brings it to one size, divides them into training and test images and puts them into an order of
 * which every prefix is a class-balanced random sample.
 * @throws InputError where an image cannot be read, a class is left without training or test images, or the set is too large
 */
export async function packImages(
  source: LabelledImages,
  options: PackOptions,
  { onImage, signal }: PackProgress = {},
): Promise<PackedImages> {
  const { name, classes } = source;
  const shape = [options.side, options.side, options.channels] as const;
  const size = imageBytesOf(shape);
  const total = source.images.length;
  if (total * size > importLimits.packedBytes)
    throw badFile(
      name,
      `${total} images of ${shape.join("×")} take ${bytesText(total * size)}; at most ${bytesText(importLimits.packedBytes)} are allowed: choose a smaller size`,
    );
  const images = new Uint8Array(total * size);
  const unreadable: (string | undefined)[] = [];
  let next = 0;
  let done = 0;
  const lane = async () => {
    while (next < total) {
      signal?.throwIfAborted();
      const index = next++;
      const image = source.images[index]!;
      try {
        images.set(packImage(checked(await image.read(), image.where), options), index * size);
      } catch (error) {
        if (!options.skipUnreadable || !(error instanceof InputError)) {
          // The other lanes end too.
          next = total;
          throw error;
        }
        unreadable[index] = error.message;
      }
      done += 1;
      onImage?.(done, total);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));

  const readable = [...source.images.keys()].filter((index) => unreadable[index] === undefined);
  const labels = Uint8Array.from(source.images, ({ label }) => label);
  const { train, test, split } = divide(source, readable, options.testFraction);
  const raw: RawDataset = { images, labels, train, test };
  checkCounts(name, classes, perClass(raw, train, classes.length), "training");
  checkCounts(name, classes, perClass(raw, test, classes.length), "test");
  const { mean, std } = trainingStatistics(raw, shape);
  if (std.some((value) => value === 0))
    throw badFile(name, "all pixels of its images have one value; there is nothing to tell apart");
  return {
    ...{ raw, shape, mean, std, split },
    train: perClass(raw, train, classes.length),
    test: perClass(raw, test, classes.length),
    unreadable: unreadable.filter((reason) => reason !== undefined),
  };
}

function checked(pixels: Pixels, where: string): Pixels {
  if (pixels.width < 1 || pixels.height < 1) throw badFile(where, "has no pixels");
  return pixels;
}

interface Division {
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly split: string;
}

function divide(
  { images, classes }: LabelledImages,
  readable: readonly number[],
  testFraction: number,
): Division {
  const rng = createRng(seed, "own images");
  const lists = (wanted: readonly number[]) =>
    byClass(
      Uint8Array.from(wanted, (index) => images[index]!.label),
      classes.length,
    ).map((list) => list.map((at) => wanted[at]!));
  if (images.some(({ part }) => part !== undefined)) {
    const of = (wanted: "train" | "test") =>
      interleave(lists(readable.filter((index) => images[index]!.part === wanted)), rng);
    return { train: of("train"), test: of("test"), split: "the source's own division" };
  }
  const shuffled = lists(readable).map((list) => rng.shuffle(list));
  // A class of two or more gives at least one image to either side.
  const tests = shuffled.map(({ length }) =>
    Math.min(length - 1, Math.max(1, Math.round(length * testFraction))),
  );
  return {
    test: interleave(
      shuffled.map((list, label) => list.slice(0, tests[label])),
      rng,
    ),
    train: interleave(
      shuffled.map((list, label) => list.slice(tests[label])),
      rng,
    ),
    split: `${Math.round(100 * testFraction)}% of every class, drawn by a fixed seed, test; the others train`,
  };
}

function checkCounts(
  name: string,
  classes: readonly string[],
  counts: readonly number[],
  what: string,
): void {
  const without = classes.filter((_, label) => counts[label] === 0);
  if (without.length > 0)
    throw badFile(
      name,
      `class ${without[0]} has no ${what} images${without.length > 1 ? `, nor have ${without.length - 1} others` : ""}; every class needs at least one training and one test image`,
    );
}
