import type { Pixels } from "./pixels.ts";

export type Part = "train" | "test";

/** One image of a source. */
export interface LabelledImage {
  /** As errors call it: "flowers.zip: rose/3.png", "train.csv: line 17". */
  readonly where: string;
  /** Index into the source's classes. */
  readonly label: number;
  /** undefined: Designscape divides. */
  readonly part: Part | undefined;
  /** Its pixels. @throws InputError where it is no image, or damaged */
  read(): Promise<Pixels>;
}

/** A user's own images with their classes, whatever they come from. */
export interface LabelledImages {
  /** The file or folder, as the user knows it. */
  readonly name: string;
  /** "zip of class folders", "CSV", …. */
  readonly kind: string;
  readonly classes: readonly string[];
  readonly images: readonly LabelledImage[];
  /** Height and width, where all images have one size by the way they are stored. */
  readonly size: readonly [height: number, width: number] | undefined;
  /** Channels, where the way they are stored says so. */
  readonly channels: 1 | 3 | undefined;
  /** Files that are no images and lie outside the class folders: left out, and told of. */
  readonly ignored: readonly string[];
  close(): Promise<void>;
}
