import { gzipSync } from "node:zlib";
import jpeg from "jpeg-js";
import { describe, expect, test } from "vitest";
import { joined, zipOf } from "../../../../test/fixtures/archives.ts";
import { fashionPictures, greyPng, pictureFolders } from "../../../../test/fixtures/pictures.ts";
import { memoryFile } from "../files/data-file.ts";
import { saysUnreadable } from "./image-files.ts";
import { nodeDecode } from "./node-decode.ts";
import { openImages } from "./open-images.ts";
import { type PackOptions, packImages } from "./pack-images.ts";

const options: PackOptions = {
  side: 28,
  channels: 1,
  fit: "crop",
  testFraction: 0.2,
  skipUnreadable: false,
};

const encode = (text: string) => new TextEncoder().encode(text);

async function pack(
  files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  change: Partial<PackOptions> = {},
) {
  const source = await openImages(
    Object.entries(files).map(([name, bytes]) => memoryFile(bytes, name)),
    nodeDecode,
  );
  return { source, packed: await packImages(source, { ...options, ...change }) };
}

describe("a zip of class folders", () => {
  const classes = ["Trouser", "Sneaker", "Bag"];

  test("real pictures come out as they went in, divided and ordered class by class", async () => {
    const pictures = await pictureFolders(classes, 10);
    const { source, packed } = await pack({ "clothes.zip": await zipOf(pictures) });
    expect(source.classes).toEqual(["bag", "sneaker", "trouser"]);
    expect([packed.train, packed.test]).toEqual([
      [8, 8, 8],
      [2, 2, 2],
    ]);
    const { images, labels, train, test } = packed.raw;
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    // Every prefix is balanced within one.
    expect(new Set(train.slice(0, 3).map((image) => labels[image])).size).toBe(3);
    for (const image of labels.keys())
      expect(same(images.subarray(image * 784, (image + 1) * 784), pictures[image]!.pixels)).toBe(true);
    expect(packed.mean[0]).toBeCloseTo(meanOf(train.map((image) => pictures[image]!.pixels)), 10);
  });

  test("the same archive always gives the same data set", async () => {
    const bytes = await zipOf(await pictureFolders(classes, 5));
    const [first, second] = [await pack({ "a.zip": bytes }), await pack({ "a.zip": bytes })];
    expect(same(first.packed.raw.images, second.packed.raw.images)).toBe(true);
    const others = ({ raw, ...rest }: typeof first.packed) => ({ ...rest, ...raw, images: undefined });
    expect(others(first.packed)).toEqual(others(second.packed));
  });

  test("images of different sizes, formats and channels are brought to one", async () => {
    const [bag, ...others] = await pictureFolders(["Bag", "Trouser"], 2);
    const wide = greyPng(new Uint8Array(40 * 20).fill(90), 40, 20);
    const photo = jpeg.encode(
      { width: 64, height: 48, data: new Uint8Array(64 * 48 * 4).fill(200) },
      95,
    ).data;
    const zip = await zipOf([
      ...[bag!, ...others],
      { path: "bag/wide.png", bytes: wide },
      { path: "trouser/photo.JPG", bytes: photo },
    ]);
    const { packed } = await pack({ "a.zip": zip }, { side: 32, channels: 3 });
    expect(packed.shape).toEqual([32, 32, 3]);
    expect(packed.raw.images).toHaveLength(6 * 32 * 32 * 3);
    const at = (image: number) => packed.raw.images.subarray(image * 3072, (image + 1) * 3072);
    expect(new Set(at(4))).toEqual(new Set([90]));
    expect(Math.max(...at(5).map((value) => Math.abs(value - 200)))).toBeLessThanOrEqual(1);
  });

  test("train/ and test/ stay what they are", async () => {
    const zip = await zipOf([
      ...(await pictureFolders(classes, 3, "train/")),
      ...(await pictureFolders(classes, 2, "test/")),
    ]);
    const { packed } = await pack({ "a.zip": zip });
    expect([packed.train, packed.test, packed.split]).toEqual([
      [3, 3, 3],
      [2, 2, 2],
      "the source's own division",
    ]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["rose/1.png", encode("<html>not found</html>"), /^a\.zip: rose\/1\.png: is no image; PNG, JPEG, WebP/],
    [
      "rose/1.png",
      greyPng(new Uint8Array(9), 3, 3).slice(0, 50),
      /^a\.zip: rose\/1\.png: is a damaged PNG image/,
    ],
    [
      "rose/1.jpg",
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 9, 9),
      /^a\.zip: rose\/1\.jpg: is a damaged JPEG image/,
    ],
    [
      "rose/1.png",
      hugePng(),
      /^a\.zip: rose\/1\.png: has 60000×60000 pixels; at most 100 million are allowed/,
    ],
    ["rose/1.gif", encode("GIF89a\x01\0\x01\0"), /GIF is read in the page only; here PNG and JPEG are/],
  ])("%s: what is no sound image is refused, and named", async (path, bytes, message) => {
    const zip = await zipOf([{ path, bytes }, ...(await pictureFolders(["Bag", "Coat"], 2))]);
    await expect(pack({ "a.zip": zip })).rejects.toThrow(message);
  });

  test("or left out and told of, where that is asked for", async () => {
    const zip = await zipOf([
      { path: "bag/bad.png", bytes: encode("no") },
      ...(await pictureFolders(["Bag", "Coat"], 3)),
    ]);
    const { packed } = await pack({ "a.zip": zip }, { skipUnreadable: true });
    expect(packed.unreadable).toEqual([expect.stringContaining("a.zip: bag/bad.png: is no image")]);
    expect([packed.train, packed.test]).toEqual([
      [2, 2],
      [1, 1],
    ]);
    // Only then is leaving images out a way on.
    expect(saysUnreadable(packed.unreadable[0]!)).toBe(true);
    expect(saysUnreadable("a.zip: bag/bad.png: is a damaged PNG image (no data)")).toBe(true);
    expect(saysUnreadable("a.tar.gz: is no archive that is known. Your own images come in a zip")).toBe(
      false,
    );
  });

  test("a class with a single image cannot be divided", async () => {
    const zip = await zipOf([...(await pictureFolders(["Bag"], 3)), ...(await pictureFolders(["Coat"], 1))]);
    await expect(pack({ "a.zip": zip })).rejects.toThrow(
      "a.zip: class coat has no test images; every class needs at least one training and one test image",
    );
  });

  test("images without any difference are refused", async () => {
    const grey = greyPng(new Uint8Array(16).fill(7), 4, 4);
    const zip = await zipOf(
      ["a/1.png", "a/2.png", "b/1.png", "b/2.png"].map((path) => ({ path, bytes: grey })),
    );
    await expect(pack({ "a.zip": zip })).rejects.toThrow("all pixels of its images have one value");
  });

  test("an aborted import ends with the reason", async () => {
    const zip = await zipOf(await pictureFolders(["Bag", "Coat"], 3));
    const source = await openImages([memoryFile(zip, "a.zip")], nodeDecode);
    const controller = new AbortController();
    const onImage = () => controller.abort();
    const packing = packImages(source, options, { onImage, signal: controller.signal });
    await expect(packing).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("tables and IDX files", () => {
  const line = (label: string | number, pixels: ArrayLike<number>) =>
    [label, ...Array.from(pixels)].join(",");
  const small = (value: number) => [value, 0, 255, value];

  test("a CSV of real pictures, with a header, is what it holds", async () => {
    const set = await fashionPictures();
    const header = ["label", ...Array.from({ length: 784 }, (_, i) => `pixel${i}`)].join(",");
    const rows = Array.from({ length: 60 }, (_, i) =>
      line(set.labels[i]!, set.images.subarray(i * 784, (i + 1) * 784)),
    );
    const { source, packed } = await pack({ "train.csv": encode(`${[header, ...rows].join("\r\n")}\r\n`) });
    expect(source.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(same(packed.raw.images, set.images.subarray(0, 60 * 784))).toBe(true);
    expect(packed.raw.labels).toEqual(set.labels.slice(0, 60));
  });

  test("two CSV files, packed, names as labels, the label last, three channels", async () => {
    const text = (rows: readonly string[]) => Uint8Array.from(gzipSync(`a,b,c,class\n${rows.join("\n")}`));
    const { source, packed } = await pack(
      {
        "my-train.csv.gz": text(["1,2,3,cat", "4,5,6,dog"]),
        "my-test.csv.gz": text(["7,8,9,dog", "10,11,12,cat"]),
      },
      { side: 8, channels: 3 },
    );
    expect([source.classes, source.size, source.channels]).toEqual([["cat", "dog"], [1, 1], 3]);
    expect([packed.train, packed.test]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect([...packed.raw.images.subarray(192, 198)]).toEqual([4, 5, 6, 4, 5, 6]);
  });

  test.each<[string, string, string]>([
    [
      "a missing column",
      "0,1,2,3,4\n1,1,2,3",
      "a.csv: line 2: 4 columns; 5 are allowed, as many as the first line has",
    ],
    ["a column too many", "0,1,2,3,4\n1,1,2,3,4,5", "a.csv: line 2: 6 columns; 5 are allowed"],
    ["no square", "0,1,2\n1,1,2", "a.csv: has 2 pixels a line, which make no square"],
    [
      "a pixel that is too bright",
      "0,1,2,3,256",
      'a.csv: line 1: column 5 holds "256"; whole numbers from 0 to 255',
    ],
    ["a pixel that is no number", "0,1,2,3,4\n1,x,2,3,4", 'a.csv: line 2: column 2 holds "x"'],
    ["an empty pixel", "0,1,,3,4", 'a.csv: line 1: column 3 holds ""'],
    [
      "an empty label",
      "0,1,2,3,4\n,1,2,3,4",
      "a.csv: line 2: its label is empty; a number or a name is allowed",
    ],
    ["one class", "5,1,2,3,4\n5,4,3,2,1", "a.csv: holds one class only (5)"],
    ["a header alone", "label,a,b,c,d\n", "a.csv: holds no images"],
    ["no commas", "hello", "a.csv: line 1: a label and pixels, with commas between them"],
  ])("%s is refused, with file and line", async (_, text, message) => {
    await expect(pack({ "a.csv": encode(text) })).rejects.toThrow(message);
  });

  test("two CSV files of different sizes, or without a test file, are refused", async () => {
    const [four, nine] = [line(0, small(1)), line(0, [1, 2, 3, 4, 5, 6, 7, 8, 9])].map(encode) as [
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
    ];
    await expect(pack({ "train.csv": four, "test.csv": nine })).rejects.toThrow(
      "test.csv: has 9 pixels a line, and train.csv has 4; as many are allowed",
    );
    await expect(pack({ "a.csv": four, "b.csv": four })).rejects.toThrow(
      'two of which one has "test" in its name',
    );
  });

  const idx = (shape: readonly number[], values: Uint8Array) => {
    const header = new Uint8Array(4 + 4 * shape.length);
    const view = new DataView(header.buffer);
    view.setUint32(0, 0x800 + shape.length);
    shape.forEach((size, i) => {
      view.setUint32(4 + 4 * i, size);
    });
    return joined([header, values]);
  };

  test("IDX pairs of real pictures, packed or not", async () => {
    const set = await fashionPictures();
    const images = (count: number) => idx([count, 28, 28], set.images.subarray(0, count * 784));
    const labels = (count: number) => idx([count], set.labels.subarray(0, count));
    const { source, packed } = await pack({
      "train-images-idx3-ubyte.gz": Uint8Array.from(gzipSync(images(50))),
      "train-labels-idx1-ubyte": labels(50),
      "t10k-images-idx3-ubyte": images(40),
      "t10k-labels-idx1-ubyte": labels(40),
    });
    expect(source.images.filter(({ part }) => part === "train")).toHaveLength(50);
    expect(same(packed.raw.images.subarray(0, 50 * 784), set.images.subarray(0, 50 * 784))).toBe(true);
  });

  test.each<[string, Readonly<Record<string, Uint8Array<ArrayBuffer>>>, string]>([
    [
      "labels missing",
      { "a-images-idx": idx([1, 2, 2], Uint8Array.of(1, 2, 3, 4)) },
      "a pair of IDX files is allowed",
    ],
    [
      "another number of labels",
      { "images-idx": idx([2, 1, 1], Uint8Array.of(1, 2)), "labels-idx": idx([3], Uint8Array.of(0, 1, 0)) },
      "labels-idx: holds 3 labels for the 2 images of images-idx",
    ],
    [
      "a file cut off",
      { "images-idx": idx([2, 2, 2], Uint8Array.of(1, 2, 3)), "labels-idx": idx([2], Uint8Array.of(0, 1)) },
      "images-idx: IDX of shape 2×2×2 holds 3 values, not 8",
    ],
  ])("%s is refused", async (_, files, message) => {
    await expect(pack(files)).rejects.toThrow(message);
  });
});

test.each<[Readonly<Record<string, Uint8Array<ArrayBuffer>>>, RegExp]>([
  [
    { "a.txt": encode("hello") },
    /^a\.txt: is of no kind that is known; a zip of class folders, one or two CSV/,
  ],
  [{ "a.png": greyPng(new Uint8Array(4), 2, 2) }, /^a\.png: single images say nothing of their classes/],
  [{ "a.zip": Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0) }, /^a\.zip: is cut off, or is no zip archive/],
])("other files are refused (%#)", async (files, message) => {
  await expect(pack(files)).rejects.toThrow(message);
});

/** Many bytes are compared as one: expect() looks at each of them for its report. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Its header promises 60,000×60,000 pixels. */
function hugePng(): Uint8Array<ArrayBuffer> {
  const bytes = greyPng(new Uint8Array(4), 2, 2);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, 60_000);
  view.setUint32(20, 60_000);
  return bytes;
}

function meanOf(images: readonly Uint8Array[]): number {
  const sum = images.reduce((total, image) => total + image.reduce((all, value) => all + value, 0), 0);
  return sum / (255 * 784 * images.length);
}
