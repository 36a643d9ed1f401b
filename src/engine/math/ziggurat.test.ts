import { expect, test } from "vitest";
import { createRng } from "./rng.ts";

const count = 400_000;
const draws = new Float32Array(count);
createRng(11, "normals").normals(draws, 1);
const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / count;

// Of a standard normal: 0, 1, 0, 3; standard errors √(1/n), √(2/n), √(15/n), √(96/n), and four of them.
test.each([
  [1, 0, 1],
  [2, 1, 2],
  [3, 0, 15],
  [4, 3, 96],
])("moment %i of ziggurat normals is %f", (power, wanted, variance) => {
  expect(Math.abs(moment(power) - wanted)).toBeLessThan(4 * Math.sqrt(variance / count));
});

// P(|x| > t), from tables of the normal distribution; the bottom layer ends at 3.654.
test.each([
  [0.1, 0.9203443],
  [1, 0.3173105],
  [2, 0.0455003],
  [3, 0.0026998],
  [3.6541528853610088, 2.5802e-4],
  [4, 6.33425e-5],
])("beyond %f lie as many as under the curve, half of them on either side", (bound, chance) => {
  for (const side of [1, -1]) {
    const beyond = draws.reduce((sum, x) => sum + (side * x > bound ? 1 : 0), 0);
    expect(Math.abs(beyond - (count * chance) / 2)).toBeLessThan(4 * Math.sqrt((count * chance) / 2) + 1);
  }
});

test("every hundredth of the distribution holds a hundredth of the draws", () => {
  const sorted = draws.slice().sort();
  // Kolmogorov: the largest distance of the two distributions, at a level of 0.1 %.
  const worst = sorted.reduce(
    (most, x, i) => Math.max(most, Math.abs(distribution(x) - (i + 0.5) / count)),
    0,
  );
  expect(worst).toBeLessThan(1.95 / Math.sqrt(count));
});

test("a deviation scales, a seed fixes the values, and any length is filled", () => {
  for (const length of [0, 1, 1_023, 1_024, 1_025, 3_000]) {
    const [one, two, scaled] = [new Float32Array(length), new Float32Array(length), new Float32Array(length)];
    createRng(3, "x").normals(one, 1);
    createRng(3, "x").normals(two, 1);
    createRng(3, "x").normals(scaled, 0.5);
    expect(two).toEqual(one);
    expect(scaled).toEqual(one.map((x) => 0.5 * x));
    expect(one.every((x) => x !== 0)).toBe(true);
  }
  const rng = createRng(3, "x");
  const [first, second] = [new Float32Array(5), new Float32Array(5)];
  rng.normals(first, 1);
  rng.normals(second, 1);
  expect(second).not.toEqual(first);
});

/** Φ(x) by the series Σ x^(2k+1)/(1·3·5…(2k+1)), which converges everywhere. */
function distribution(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 200 && Math.abs(term) > 1e-17; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * sum;
}
