import { describe, expect, test } from "vitest";
import { packagedNames } from "./catalogue.ts";
import { type ImageSet, loadDataset } from "./loader.ts";
import { nodeSource } from "./node-source.ts";

/** The data sets as set-up wrote them: `npm run setup` comes first. */
const loaded = new Map(
  await Promise.all(
    packagedNames.map(async (name) => [name, await loadDataset(name, { source: nodeSource() })] as const),
  ),
);

function load(name: string) {
  const dataset = loaded.get(name);
  if (dataset === undefined) throw new Error(`${name} was not loaded`);
  return dataset;
}

function perClass(set: ImageSet, images: number): number[] {
  const counts = set.classes.map(() => 0);
  for (const label of set.labels.subarray(0, images)) counts[label] = (counts[label] as number) + 1;
  return counts;
}

describe.each(packagedNames)("%s", (name) => {
  const { train, test: tests } = load(name);

  test("has 60,000 training and 10,000 test images of 28×28", () => {
    expect([train.count, tests.count]).toEqual([60_000, 10_000]);
    expect(train.images).toHaveLength(60_000 * 28 * 28);
  });

  test.each([10, 1000, 1005, 5000, 50_000])(
    "its first %d images hold every class equally, within one",
    (n) => {
      const counts = perClass(train, n);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    },
  );

  test("has no blank image", () => {
    for (const set of [train, tests]) {
      for (let i = 0; i < set.count; i++) {
        if (!set.images.subarray(i * 784, (i + 1) * 784).some((pixel) => pixel > 0)) throw new Error(`${i}`);
      }
    }
  });
});

test("Fashion-MNIST is stratified: 6,000 training and 1,000 test images of each class", () => {
  const { train, test: tests } = load("fashion-mnist");
  expect(perClass(train, train.count)).toEqual(Array(10).fill(6000));
  expect(perClass(tests, tests.count)).toEqual(Array(10).fill(1000));
});

test("MNIST keeps the original split: its published class counts", () => {
  const { train, test: tests } = load("mnist");
  expect(perClass(train, train.count)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  expect(perClass(tests, tests.count)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
});

test.each([
  // MNIST's are the published statistics of its training split; Fashion-MNIST's split is another, but as close.
  ["mnist", 0.1307, 0.3081],
  ["fashion-mnist", 0.286, 0.353],
])("%s: mean %d and standard deviation %d of training pixels", (name, mean, std) => {
  const { train } = load(name);
  expect(Math.abs((train.mean[0] as number) - mean)).toBeLessThan(5e-4);
  expect(Math.abs((train.std[0] as number) - std)).toBeLessThan(5e-4);
});

test("split and order never change: results on other splits do not compare", () => {
  const first = (name: string) => load(name).manifest.train.shards[0]?.sha256.slice(0, 16);
  expect({ "fashion-mnist": first("fashion-mnist"), mnist: first("mnist") }).toMatchInlineSnapshot(`
    {
      "fashion-mnist": "852397e415ee501c",
      "mnist": "36f06e16983a4d97",
    }
  `);
});
