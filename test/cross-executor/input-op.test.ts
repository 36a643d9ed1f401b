import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import type { BatchTransforms, Executor, ResidentImages } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { createWasmExecutor } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { readReference } from "../fixtures/reference.ts";
import { executors } from "./executors.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

interface InputCase {
  readonly set: ResidentImages;
  readonly input: Size;
  readonly batch: number;
  readonly indices: readonly number[];
  readonly labelSmoothing?: number;
  readonly transforms?: BatchTransforms;
}

/** Images and targets of one batch as a network of so many classes would see them. */
async function gathered(executor: Executor, wanted: InputCase, classes = 3) {
  const { set, input, batch, indices, labelSmoothing = 0, transforms } = wanted;
  const frame = { ...smallImageFrame, input: { ...input, channels: set.shape[2] }, classes } as const;
  const spec = networkOf(frame, [{ block: "vanilla", depth: 1, width: 8, stride: 2 }]);
  const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, labelSmoothing });
  const images = await executor.attach(set);
  const session = await executor.load(plan, initialState(plan, 1));
  try {
    const result = await session.evaluate({
      from: "resident",
      images,
      indices: Uint32Array.from(indices),
      ...(transforms ? { transforms } : {}),
    });
    return { result, images: await session.read("images"), targets: await session.read("targets") };
  } finally {
    session.dispose();
    images.dispose();
  }
}

function randomSet(shape: ResidentImages["shape"], count: number, classes: number, seed: number) {
  const rng = createRng(seed, "images");
  const [height, width, channels] = shape;
  const byte = (most: number) => () => rng.int(0, most);
  const per = (from: number) => Array.from({ length: channels }, () => rng.uniform(from, from + 0.3));
  return {
    shape,
    count,
    images: Uint8Array.from({ length: count * height * width * channels }, byte(255)),
    labels: Uint8Array.from({ length: count }, byte(classes - 1)),
    mean: per(0.3),
    std: per(0.2),
  };
}

/** The mean brightness of a square image over output pixel (x, y), which covers `step` × `step` of its pixels. */
function areaAverage(image: Uint8Array, side: number, step: number, x: number, y: number): number {
  const cover = (pixel: number, at: number) =>
    Math.max(0, Math.min(pixel + 1, (at + 1) * step) - Math.max(pixel, at * step));
  let sum = 0;
  image.forEach((value, i) => {
    sum += value * cover(i % side, x) * cover(Math.floor(i / side), y);
  });
  return sum / (step * step);
}

interface Pillow extends Size {
  readonly pixels: readonly number[];
  readonly affine: readonly (Size & { name: string; matrix: readonly number[]; pixels: readonly number[] })[];
  readonly enlarged: readonly (Size & { pixels: readonly number[] })[];
  readonly reduced: readonly (Size & { pixels: readonly number[] })[];
}

const pillow = readReference<Pillow>("input-op.json");
/** Mean 0 and deviation 1/255: values are pixels, and 0 outside is Pillow's 0. */
const pillowSet: ResidentImages = {
  shape: [pillow.height, pillow.width, 1],
  count: 1,
  images: Uint8Array.from(pillow.pixels),
  labels: Uint8Array.of(0),
  mean: [0],
  std: [1 / 255],
};

describe.each(executors)("the input op of $name", ({ create }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  async function fromPillow(input: Size, transforms?: BatchTransforms) {
    const one = { set: pillowSet, input, batch: 1, indices: [0], ...(transforms ? { transforms } : {}) };
    return (await gathered(executor, one)).images;
  }

  function expectPixels(actual: Float32Array | Float64Array, wanted: readonly number[]) {
    expect(actual.length).toBe(wanted.length);
    actual.forEach((value, i) => {
      expect(Math.abs(value - wanted[i]!), `pixel ${i}`).toBeLessThan(1e-3);
    });
  }

  test.each(pillow.affine)("$name: an affine map as Pillow makes it", async ({ matrix, pixels, ...size }) => {
    expectPixels(await fromPillow(size, { matrices: Float32Array.from(matrix) }), pixels);
  });

  test.each(pillow.enlarged)("enlarged to $width × $height as Pillow does", async ({ pixels, ...size }) => {
    expectPixels(await fromPillow(size), pixels);
  });

  test.each(pillow.reduced)(
    "reduced to $width × $height: means of blocks, as Pillow's",
    async ({ pixels, ...size }) => {
      expectPixels(await fromPillow(size), pixels);
    },
  );

  // Stripes one pixel wide are what aliases worst: single bilinear samples are off by up to half of the brightness.
  test.each([12, 14, 17, 25])("reduced from 40 to %i: within 5 % of the exact area average", async (side) => {
    const stripes = (i: number) => (i % 2 === 0 ? 255 : 0);
    const noise = (i: number) => Math.imul(i + 7, 2654435761) >>> 24;
    for (const pattern of [stripes, noise]) {
      const images = Uint8Array.from({ length: 40 * 40 }, (_, i) => pattern(i));
      const set = { ...pillowSet, shape: [40, 40, 1] as const, images };
      const one = { set, input: { width: side, height: side }, batch: 1, indices: [0] };
      const { images: values } = await gathered(executor, one);
      values.forEach((value, i) => {
        const exact = areaAverage(images, 40, 40 / side, i % side, Math.floor(i / side));
        expect(Math.abs(value - exact), `pixel ${i}`).toBeLessThan(0.05 * 255);
      });
    }
  });

  test("the identity, given or left out, copies every normalized byte, bit for bit", async () => {
    const set = randomSet([5, 7, 3], 6, 3, 1);
    const identity = Float32Array.of(1, 0, 0, 0, 1, 0);
    const indices = [5, 0, 3];
    const wanted = { set, input: { height: 5, width: 7 }, batch: 4, indices, labelSmoothing: 0.1 };
    const plain = await gathered(executor, wanted);
    const values = indices.flatMap((index) =>
      [...set.images.subarray(index * 105, (index + 1) * 105)].map((byte, i) => {
        const value = byte / 255 - set.mean[i % 3]!;
        return executor.kind === "reference"
          ? value / set.std[i % 3]!
          : Math.fround(value * (1 / set.std[i % 3]!));
      }),
    );
    expect([...plain.images]).toEqual([...values, ...new Array(105).fill(0)]);
    const matrices = Float32Array.from([...identity, ...identity, ...identity]);
    expect(await gathered(executor, { ...wanted, transforms: { matrices } })).toEqual(plain);
    // The general path: nothing is mixed in where the weight of the partner is 0.
    const gains = new Float32Array(3).fill(1);
    const nearly = { gains, offsets: new Float32Array(3), matrices };
    const mix = { partners: Uint32Array.of(1, 2, 0), lambdas: new Float32Array(3).fill(1) };
    expect(await gathered(executor, { ...wanted, transforms: { ...nearly, mix } })).toEqual(plain);
  });

  test("a flip by the general path has the bits of the copied pixels", async () => {
    const set = randomSet([4, 6, 1], 2, 3, 2);
    const wanted = { set, input: { height: 4, width: 6 }, batch: 2, indices: [0, 1] };
    const { images: plain } = await gathered(executor, wanted);
    const flip = [-1, 0, 6, 0, 1, 0];
    const matrices = Float32Array.from([...flip, ...flip]);
    const { images: flipped } = await gathered(executor, { ...wanted, transforms: { matrices } });
    const lines = [...flipped].flatMap((_, i, all) => (i % 6 === 0 ? all.slice(i, i + 6).reverse() : []));
    expect(lines).toEqual([...plain]);
  });

  test("pixels that a batch brings along are read as a set's own would be; labels stay", async () => {
    const set = randomSet([5, 7, 3], 6, 3, 7);
    const brought = randomSet([5, 7, 3], 3, 3, 8);
    const indices = [5, 0, 3];
    const mix = { partners: Uint32Array.of(1, 2, 0), lambdas: Float32Array.of(1, 0.25, 0.5) };
    const matrices = Float32Array.from([1, 2, 3].flatMap((n) => [0.8, 0.1 * n, -n, -0.2, 1.1, 0.5 * n]));
    for (const transforms of [{}, { matrices, mix }]) {
      const one = { input: { height: 6, width: 5 }, batch: 4, labelSmoothing: 0.1 };
      const plain = await gathered(executor, { set, indices, ...one, transforms });
      const own = await gathered(executor, {
        ...{ set, indices, ...one },
        transforms: { ...transforms, pixels: brought.images },
      });
      const { mean, std } = set;
      const other = { ...brought, mean, std };
      const wanted = await gathered(executor, { set: other, indices: [0, 1, 2], ...one, transforms });
      expect(own.images).toEqual(wanted.images);
      expect(own.images).not.toEqual(plain.images);
      expect(own.targets).toEqual(plain.targets);
      // And the next batch, which brings none, sees the set again.
      expect(await gathered(executor, { set, indices, ...one, transforms })).toEqual(plain);
    }
  });

  test("mixup weighs images and soft labels alike", async () => {
    const set = { ...randomSet([3, 3, 1], 2, 3, 3), labels: Uint8Array.of(0, 2) };
    const wanted = { set, input: { height: 3, width: 3 }, batch: 2, indices: [0, 1], labelSmoothing: 0.3 };
    const { images: plain, targets: labels } = await gathered(executor, wanted);
    const mix = { partners: Uint32Array.of(1, 0), lambdas: Float32Array.of(0.75, 0.5) };
    const { images, targets } = await gathered(executor, { ...wanted, transforms: { mix } });
    const mixed = (values: Float32Array | Float64Array, i: number) => {
      const half = values.length / 2;
      const lambda = mix.lambdas[Math.floor(i / half)]!;
      return lambda * values[i]! + (1 - lambda) * values[(i + half) % values.length]!;
    };
    images.forEach((value, i) => {
      expect(value).toBeCloseTo(mixed(plain, i), 5);
    });
    targets.forEach((value, i) => {
      expect(value).toBeCloseTo(mixed(labels, i), 6);
    });
    expect([...labels].map((value) => Number(value.toFixed(6)))).toEqual([0.8, 0.1, 0.1, 0.1, 0.1, 0.8]);
  });

  test("colours are a factor and an addend inside the image; outside stays 0", async () => {
    const set = randomSet([2, 2, 1], 1, 3, 4);
    const wanted = { set, input: { height: 2, width: 4 }, batch: 1, indices: [0] };
    const matrices = Float32Array.of(1, 0, -1, 0, 1, 0);
    const plain = (await gathered(executor, { ...wanted, transforms: { matrices } })).images;
    const colours = { matrices, gains: Float32Array.of(1.5), offsets: Float32Array.of(-0.25) };
    const { images } = await gathered(executor, { ...wanted, transforms: colours });
    images.forEach((value, i) => {
      expect(value).toBeCloseTo(i % 4 === 0 || i % 4 === 3 ? 0 : 1.5 * plain[i]! - 0.25, 5);
    });
  });

  test.each([
    ["3 channels for a network of 1", { shape: [2, 2, 3] }, {}, /3 channels/],
    ["matrices for other images", {}, { matrices: new Float32Array(5) }, /5 values for 1 images, 6 needed/],
    ["pixels for other images", {}, { pixels: new Uint8Array(5) }, /5 bytes for 1 images, 4 needed/],
    ["a number that is none", {}, { gains: Float32Array.of(Number.NaN) }, /gains\[0\] is NaN/],
    [
      "a partner outside the batch",
      {},
      { mix: { partners: Uint32Array.of(1), lambdas: Float32Array.of(0.5) } },
      /partner 1 in a batch of 1/,
    ],
    [
      "a weight beyond 1",
      {},
      { mix: { partners: Uint32Array.of(0), lambdas: Float32Array.of(1.5) } },
      /lambda 1.5/,
    ],
  ] as const)("refuses %s", async (_, set: { shape?: ResidentImages["shape"] }, transforms, message) => {
    const spec = networkOf({ ...smallImageFrame, input: { height: 2, width: 2, channels: 1 } }, [
      { block: "vanilla", depth: 1, width: 8, stride: 2 },
    ]);
    const plan = compilePlan(buildGraph(spec), { batch: 1, optimizer: defaultOptimizer });
    const images = await executor.attach(randomSet([2, 2, 1], 1, 3, 5));
    const other = await executor.attach(randomSet(set.shape ?? [2, 2, 1], 1, 3, 5));
    const session = await executor.load(plan, initialState(plan, 1));
    const batch = { from: "resident", images: other, indices: Uint32Array.of(0), transforms } as const;
    await expect(session.evaluate(batch)).rejects.toThrow(message);
    session.dispose();
    images.dispose();
    other.dispose();
  });
});

/** Sources, inputs and transforms of all kinds: shrunk, enlarged, turned, sheared, shifted half out, mixed. */
const inputCases: fc.Arbitrary<InputCase> = fc
  .record({
    height: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 1, max: 12 }),
    channels: fc.constantFrom(1, 3),
    input: fc.record({
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
    }),
    indices: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
    given: fc.record({
      matrices: fc.boolean(),
      colours: fc.boolean(),
      pixels: fc.boolean(),
      mix: fc.boolean(),
    }),
    seed: fc.nat(1e9),
  })
  .map(({ height, width, channels, input, indices, given, seed }) => {
    const rng = createRng(seed, "transforms");
    const count = indices.length;
    const floats = (length: number, draw: (i: number) => number) =>
      Float32Array.from({ length }, (_, i) => draw(i));
    const shifts = (i: number) => (i % 3 === 2 ? rng.uniform(-4, 8) : rng.uniform(-1.5, 1.5) * rng.int(0, 2));
    const mix = {
      partners: Uint32Array.from({ length: count }, () => rng.int(0, count - 1)),
      lambdas: floats(count, () => rng.choice([0, 0.3, 1])),
    };
    return {
      set: randomSet([height, width, channels], 5, 3, seed),
      input,
      batch: 4,
      indices,
      labelSmoothing: 0.1,
      transforms: {
        ...(given.matrices ? { matrices: floats(6 * count, shifts) } : {}),
        ...(given.colours
          ? {
              gains: floats(count, () => rng.uniform(0.5, 1.5)),
              offsets: floats(count, () => rng.uniform(-1, 1)),
            }
          : {}),
        ...(given.pixels ? { pixels: randomSet([height, width, channels], count, 3, seed + 1).images } : {}),
        ...(given.mix ? { mix } : {}),
      },
    };
  });

describe("random transforms", () => {
  const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));

  test.each(["relaxed", "simd"] as const)("%s kernels give what the reference gives", async (build) => {
    const oracle = createReferenceExecutor();
    const executor = await createWasmExecutor({ loadKernels, build });
    await fc.assert(
      fc.asyncProperty(inputCases, async (wanted) => {
        const expected = await gathered(oracle, wanted);
        const actual = await gathered(executor, wanted);
        for (const of of ["images", "targets"] as const)
          expected[of].forEach((value, i) => {
            expect(Math.abs(value - actual[of][i]!), `${of}[${i}]`).toBeLessThan(2e-5);
          });
      }),
      { numRuns: 60, seed: 20_262 },
    );
    await executor.dispose();
  });

  test("1, 2 and 3 shares of the work give the same bits", async () => {
    const made = await Promise.all(
      [1, 2, 3].map((shares) => createWasmExecutor({ loadKernels, build: "simd", shares })),
    );
    await fc.assert(
      fc.asyncProperty(inputCases, async (wanted) => {
        const [alone, ...shared] = await Promise.all(made.map((executor) => gathered(executor, wanted)));
        for (const other of shared) expect(other).toEqual(alone);
      }),
      { numRuns: 20, seed: 20_263 },
    );
    await Promise.all(made.map((executor) => executor.dispose()));
  });
});
