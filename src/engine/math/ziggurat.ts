import { portableExp, portableLog } from "./portable.ts";

/**
 * Standard normals from 256 layers of equal area under exp(−x²/2) (Marsaglia and Tsang 2000,
 * https://doi.org/10.18637/jss.v005.i08; layer and place from different bits, as Doornik 2005 asks). 99 of 100 draws cost
 * one random word, one multiplication and one comparison.
 */
const layers = 256;

/** Where the bottom layer ends and the tail begins, and the area of each layer, the tail being part of the first. */
const tailStart = 3.6541528853610088;
const area = 0.00492867323399;

const density = (x: number) => portableExp(-0.5 * x * x);

/** Right ends of the layers, from the widest to 0. The bottom one is as wide as its area, tail included, is high. */
const ends = (() => {
  const x = new Float64Array(layers + 1);
  x[0] = area / density(tailStart);
  x[1] = tailStart;
  for (let i = 2; i < layers; i++) {
    const below = x[i - 1]!;
    x[i] = Math.sqrt(-2 * portableLog(area / below + density(below)));
  }
  return x;
})();

/** Places in a layer: 24 random bits. */
const places = 2 ** 23;
const widths = ends.map((end) => end / places);
const heights = ends.map(density);

/** Random 32-bit words: many at once, or one. */
export interface Words {
  fill(into: Int32Array): void;
  next(): number;
}

const chunkLength = 1024;

/** Fills an array with normals of mean 0. */
export function fillNormals(into: Float32Array, deviation: number, words: Words): void {
  // Locals: engines look module variables up anew in every turn of the loop.
  const [width, end] = [widths, ends];
  const chunk = new Int32Array(Math.min(chunkLength, into.length));
  for (let start = 0; start < into.length; start += chunkLength) {
    const count = Math.min(chunkLength, into.length - start);
    words.fill(count === chunk.length ? chunk : chunk.subarray(0, count));
    for (let i = 0; i < count; i++) {
      const word = chunk[i]!;
      const layer = word & 255;
      const x = ((word >> 8) + 0.5) * width[layer]!;
      // Where the layer is under the curve over its whole height.
      into[start + i] = deviation * (Math.abs(x) < end[layer + 1]! ? x : decide(word, words));
    }
  }
}

/** A draw that begins with a word whose place is not under the curve for sure. */
function decide(first: number, words: Words): number {
  for (let word = first; ; word = words.next()) {
    const layer = word & 255;
    const x = ((word >> 8) + 0.5) * widths[layer]!;
    if (Math.abs(x) < ends[layer + 1]!) return x;
    if (layer === 0) return x < 0 ? -tail(words) : tail(words);
    const low = heights[layer]!;
    if (low + uniform(words) * (heights[layer + 1]! - low) < density(x)) return x;
  }
}

/** Beyond tailStart (Marsaglia 1964). */
function tail(words: Words): number {
  for (;;) {
    const beyond = -portableLog(uniform(words)) / tailStart;
    const height = -portableLog(uniform(words));
    if (2 * height > beyond * beyond) return tailStart + beyond;
  }
}

/** On (0, 1). */
function uniform(words: Words): number {
  return ((words.next() >>> 0) + 0.5) / 2 ** 32;
}
