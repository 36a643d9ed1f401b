import { describe, expect, test } from "vitest";
import { createRng } from "../math/rng.ts";
import { type Affine, flipped, followedBy, identity, resized, rotated, sheared, shifted } from "./affine.ts";
import { type Augmentation, augmentBatch } from "./augment.ts";
import { affineRandAugment } from "./rand-augment-affine.ts";

const size = { width: 28, height: 20 };
/** Image n is full of n. */
const source = { ...size, channels: 1, pixelsOf: (n: number) => new Uint8Array(28 * 20).fill(n) };

function at([a, b, tx, c, d, ty]: Affine, x: number, y: number): [number, number] {
  return [a * x + b * y + tx, c * x + d * y + ty];
}

describe("affine maps", () => {
  test("followedBy looks a point up in the later map first", () => {
    const [first, second] = [rotated(size, 0.4), shifted(3, -2)];
    const between = at(second, 5, 7);
    const [x, y] = at(followedBy(first, second), 5, 7);
    expect([x, y].map((value) => Number(value.toFixed(12)))).toEqual(
      at(first, ...between).map((value) => Number(value.toFixed(12))),
    );
    expect(followedBy(identity, second)).toEqual(second);
    expect(followedBy(second, identity)).toEqual(second);
  });

  test("a shift to the right shows on the left what lay outside", () => {
    expect(at(shifted(3, 1), 0, 0)).toEqual([-3, -1]);
  });

  test("a flip maps both edges onto each other; a resize maps edges onto edges", () => {
    expect([at(flipped(28), 0, 5), at(flipped(28), 28, 5)]).toEqual([
      [28, 5],
      [0, 5],
    ]);
    expect(at(resized(size, { width: 40, height: 10 }), 40, 10)).toEqual([28, 20]);
  });

  test("rotation and shear leave the centre where it is", () => {
    for (const map of [rotated(size, 0.5), sheared(size, 0.3, -0.2)]) {
      const [x, y] = at(map, 14, 10);
      expect(x).toBeCloseTo(14, 12);
      expect(y).toBeCloseTo(10, 12);
    }
  });

  test("a quarter turn counterclockwise shows at the top what was at the right", () => {
    const [x, y] = at(rotated({ width: 10, height: 10 }, Math.PI / 2), 5, 0);
    expect([x, y].map(Math.round)).toEqual([10, 5]);
  });
});

const batch = (settings: Augmentation, seed = 1, count = 200) =>
  augmentBatch(settings, source, size, count, createRng(seed, "augment"));

const rowsOf = (matrices: Float32Array) =>
  Array.from({ length: matrices.length / 6 }, (_, n) => [...matrices.subarray(6 * n, 6 * n + 6)]);

describe("augmentation of a batch", () => {
  test("nothing on, or all of it 0 or false, is nothing to do", () => {
    expect(batch({})).toBeUndefined();
    expect(batch({ cropPadding: 0, flip: false, randAugment: 0, mixup: 0 })).toBeUndefined();
  });

  test("crops shift by every whole number up to the padding, both ways, about equally often", () => {
    const rows = rowsOf(batch({ cropPadding: 2 }, 1, 5_000)!.matrices!);
    const places = new Map<string, number>();
    for (const [a, b, tx, c, d, ty] of rows) {
      expect([a, b, c, d]).toEqual([1, 0, 0, 1]);
      places.set(`${tx} ${ty}`, (places.get(`${tx} ${ty}`) ?? 0) + 1);
    }
    expect(places.size).toBe(25);
    for (const count of places.values()) expect(Math.abs(count / 5_000 - 1 / 25)).toBeLessThan(0.015);
  });

  test("about half of the images are flipped", () => {
    const rows = rowsOf(batch({ flip: true }, 1, 2_000)!.matrices!);
    const turned = rows.filter(([a]) => a === -1);
    expect(Math.abs(turned.length / 2_000 - 0.5)).toBeLessThan(0.05);
    expect(turned[0]).toEqual([-1, 0, 28, 0, 1, 0]);
  });

  test("the network's resolution is reached in the same map", () => {
    const settings = { flip: true, cropPadding: 4 };
    const input = { width: 40, height: 40 };
    const { matrices } = augmentBatch(settings, source, input, 50, createRng(1, "augment"))!;
    const same = batch(settings, 1, 50)!.matrices!;
    rowsOf(matrices!).forEach(([a, , tx, , d, ty], n) => {
      const [sameA = 0, , sameTx, , , sameTy] = rowsOf(same)[n]!;
      expect([a, tx, d, ty]).toEqual([Math.fround(sameA * 0.7), sameTx, 0.5, sameTy]);
    });
  });

  test("mixup pairs every image once and draws a weight for each", () => {
    const { partners, lambdas } = batch({ mixup: 0.4 })!.mix!;
    expect(Uint32Array.from(partners).sort()).toEqual(Uint32Array.from({ length: 200 }, (_, n) => n));
    expect(new Set(lambdas).size).toBeGreaterThan(150);
  });

  test("a seed fixes everything, and another one changes it", () => {
    const all = { cropPadding: 4, flip: true, randAugment: 7, mixup: 0.2 };
    expect(batch(all, 3)).toEqual(batch(all, 3));
    expect(batch(all, 4)).not.toEqual(batch(all, 3));
  });
});

describe("the affine maps of RandAugment", () => {
  test("magnitude 0 changes nothing", () => {
    const rng = createRng(1, "rand");
    for (let i = 0; i < 100; i++) {
      const { affine, gain, offset } = affineRandAugment(size, 0, rng);
      expect(gain).toBe(1);
      expect(offset).toBeCloseTo(0, 12);
      for (const [i, value] of affine.entries()) expect(value).toBeCloseTo(identity[i]!, 12);
    }
  });

  /** Draws operation `index` with this sign, then the identity. */
  function only(index: number, sign: 1 | -1, magnitude: number) {
    const picks = [index, 0];
    const choice = <T>(items: readonly T[]): T => items[picks.shift()!]!;
    return affineRandAugment(size, magnitude, {
      ...createRng(1),
      choice,
      float: () => (sign < 0 ? 0.25 : 0.75),
    });
  }

  // timm's _shear_level_to_arg, _rotate_level_to_arg, _enhance_increasing_level_to_arg; torchvision's RandAugment
  // (_augmentation_space): level/10 there is M/10 here, their 30 bins of magnitude are M from 0 to 10.
  test.each([2.5, 5, 10])("at M = %d the strengths are those of timm and torchvision", (magnitude) => {
    const level = magnitude / 10;
    for (const sign of [1, -1] as const) {
      const s = sign * level;
      const [identical, shearX, shearY, moveX, moveY, turned, contrast, brightness] = Array.from(
        { length: 8 },
        (_, index) => only(index, sign, magnitude),
      );
      expect(identical).toEqual({ affine: [...identity], gain: 1, offset: 0 });
      expect(shearX!.affine[1]).toBeCloseTo(0.3 * s, 12);
      expect(shearY!.affine[3]).toBeCloseTo(0.3 * s, 12);
      // Maps look back: the picture moves where they do not look.
      expect(moveX!.affine[2]).toBeCloseTo((-150 / 331) * size.width * s, 12);
      expect(moveY!.affine[5]).toBeCloseTo((-150 / 331) * size.height * s, 12);
      const [a, b, , c, d] = turned!.affine;
      const radians = (Math.PI / 180) * 30 * s;
      expect([a, d]).toEqual([expect.closeTo(Math.cos(radians), 12), expect.closeTo(Math.cos(radians), 12)]);
      expect(Math.abs(b)).toBeCloseTo(Math.abs(Math.sin(radians)), 12);
      expect(b).toBeCloseTo(-c, 12);
      expect(contrast).toMatchObject({ gain: 1 + 0.9 * s, offset: 0 });
      expect(brightness).toMatchObject({ gain: 1, offset: 0.9 * s });
    }
    expect(() => only(8, 1, magnitude)).toThrow();
  });

  test("at magnitude 10 every operation occurs, both ways, within AutoAugment's ranges", () => {
    const rng = createRng(2, "rand");
    const changes = Array.from({ length: 4_000 }, () => affineRandAugment(size, 10, rng));
    const range = (of: (change: (typeof changes)[number]) => number) => {
      const values = changes.map(of);
      return [Math.min(...values), Math.max(...values)];
    };
    // Two of a kind may meet: addends add up, factors multiply.
    const [darkest = 0, brightest = 0] = range(({ offset }) => offset);
    expect([darkest, brightest].map((value) => Number(value.toFixed(9)))).toEqual([-1.8, 1.8]);
    const [flattest = 0, strongest = 0] = range(({ gain }) => gain);
    expect([flattest, strongest].map((value) => Number(value.toFixed(9)))).toEqual([0.01, 3.61]);
    const angles = range(({ affine: [a, b, , c, d] }) => (a * d - b * c > 0.999 ? Math.atan2(-b, d) : 0));
    expect(angles[0]).toBeLessThan(-Math.PI / 6 + 1e-9);
    expect(angles[1]).toBeGreaterThan(Math.PI / 6 - 1e-9);
    const shifts = range(({ affine: [a, , tx] }) => (a === 1 ? tx : 0));
    expect(shifts[1]).toBeCloseTo(((2 * 150) / 331) * 28, 9);
    expect(shifts[0]).toBeCloseTo(((-2 * 150) / 331) * 28, 9);
    expect(changes.some(({ affine, gain }) => gain === 1 && affine.every((v, i) => v === identity[i]))).toBe(
      true,
    );
  });
});
