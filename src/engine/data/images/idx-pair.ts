import { InputError } from "../../math/input-error.ts";
import { type DataFile, pieces } from "../files/data-file.ts";
import { gunzip, isGzip } from "../files/gunzip.ts";
import { badFile, importLimits } from "../files/limits.ts";
import { type IdxArray, parseIdx } from "../idx.ts";
import { checkClasses } from "./class-folders.ts";
import type { LabelledImage, LabelledImages, Part } from "./labelled-images.ts";
import { opaque } from "./pixels.ts";

/** Whether bytes start as an IDX file of unsigned bytes does. */
export function isIdx(start: Uint8Array): boolean {
  return start[0] === 0 && start[1] === 0 && start[2] === 0x08;
}

/**
 * One pair of IDX files (images and labels), or two: training and test. Files whose names hold "test" or "t10k" are the
 * test pair. Labels are numbers, and name the classes.
 * @throws InputError where a file is damaged, or they do not belong together
 */
export async function readIdxPairs(files: readonly DataFile[]): Promise<LabelledImages> {
  const name = files.map((file) => file.name).join(", ");
  const read = await Promise.all(files.map(async (file) => ({ file, array: await readIdx(file) })));
  const isTest = (file: DataFile) => /test|t10k/i.test(file.name);
  const groups = {
    train: read.filter(({ file }) => !isTest(file)),
    test: read.filter(({ file }) => isTest(file)),
  };
  // A single pair is divided by us, whatever it is called.
  const whole = groups.train.length === 0 || groups.test.length === 0;
  const pairs = whole
    ? [pairOf(name, read, undefined)]
    : [pairOf(name, groups.train, "train"), pairOf(name, groups.test, "test")];
  const [first] = pairs;
  const { height, width, channels } = first!;
  for (const pair of pairs)
    if (pair.height !== height || pair.width !== width || pair.channels !== channels)
      throw badFile(
        name,
        `training images of ${height}×${width}×${channels} and test images of ${pair.height}×${pair.width}×${pair.channels}; one size is allowed`,
      );
  const values = [...new Set(pairs.flatMap(({ labels }) => [...new Set(labels)]))].sort((a, b) => a - b);
  const classes = values.map(String);
  checkClasses(name, classes);
  const labelOf = new Map(values.map((value, label) => [value, label]));
  return {
    name,
    kind: "IDX",
    classes,
    images: pairs.flatMap((pair) => imagesOf(pair, labelOf)),
    size: [height, width],
    channels,
    ignored: [],
    close: async () => {},
  };
}

interface Pair {
  readonly name: string;
  readonly part: Part | undefined;
  readonly values: Uint8Array;
  readonly labels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

function pairOf(
  name: string,
  files: readonly { readonly file: DataFile; readonly array: IdxArray }[],
  part: Part | undefined,
): Pair {
  const images = files.filter(({ array }) => array.shape.length >= 3);
  const labels = files.filter(({ array }) => array.shape.length === 1);
  if (images.length !== 1 || labels.length !== 1 || files.length !== 2)
    throw badFile(
      name,
      "a pair of IDX files is allowed, images (3 or 4 dimensions) and labels (1 dimension), or one for training and one for test (t10k)",
    );
  const [count, height, width, channels = 1, more] = images[0]!.array.shape;
  if ((channels !== 1 && channels !== 3) || more !== undefined || !height || !width)
    throw badFile(
      images[0]!.file.name,
      `has shape ${images[0]!.array.shape.join("×")}; images × height × width, or with 1 or 3 channels last, is allowed`,
    );
  if (count !== labels[0]!.array.shape[0])
    throw badFile(
      labels[0]!.file.name,
      `holds ${labels[0]!.array.shape[0]} labels for the ${count} images of ${images[0]!.file.name}`,
    );
  return {
    name: images[0]!.file.name,
    part,
    values: images[0]!.array.values,
    labels: labels[0]!.array.values,
    height,
    width,
    channels,
  };
}

function imagesOf(
  { name, part, values, labels, height, width, channels }: Pair,
  labelOf: ReadonlyMap<number, number>,
): LabelledImage[] {
  const size = height * width * channels;
  return Array.from(labels, (label, i) => ({
    where: `${name}: image ${i + 1}`,
    label: labelOf.get(label)!,
    part,
    read: async () => opaque(values.subarray(i * size, (i + 1) * size), width, height, channels),
  }));
}

async function readIdx(file: DataFile): Promise<IdxArray> {
  const parts: Uint8Array[] = [];
  const packed = isGzip(await file.read(0, 2));
  const source = packed ? gunzip(pieces(file), file.name, importLimits.packedBytes) : pieces(file);
  if (!packed && file.size > importLimits.packedBytes)
    throw badFile(file.name, `has ${file.size} bytes; at most ${importLimits.packedBytes} are allowed`);
  for await (const piece of source) parts.push(piece);
  try {
    return parseIdx(joined(parts));
  } catch (error) {
    if (error instanceof RangeError) throw new InputError([{ path: file.name, message: error.message }]);
    throw error;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
