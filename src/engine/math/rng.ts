import { portableExp, portableLog } from "./portable.ts";
import { fillNormals, type Words } from "./ziggurat.ts";

/**
 * Seeded random streams. A stream is named by a seed and labels, `createRng(7, "network", 12)`, and never shared: network
 * 12 of a population is the same whether 20 or 2,000 are drawn, and in whatever order. Only integer arithmetic and
 * correctly rounded operations are used, so every engine and machine gives the same numbers.
 */
export interface Rng {
  /** Next 32 random bits, an integer in [0, 2³²). */
  bits(): number;
  /** Uniform on [0, 1), 53 bits. */
  float(): number;
  /** Uniform integer in [lo, hi], both ends included. */
  int(lo: number, hi: number): number;
  /** Uniform on [lo, hi). */
  uniform(lo: number, hi: number): number;
  /** Log-uniform on [lo, hi): equal chances for equal ratios. */
  logUniform(lo: number, hi: number): number;
  /** Standard normal. */
  normal(): number;
  /** Fills an array with normals of mean 0: fast, and not the numbers that normal() would give. */
  normals(into: Float32Array, deviation: number): void;
  choice<T>(items: readonly T[]): T;
  /** Puts the items in random order, in place (Fisher–Yates); also takes typed arrays. */
  shuffle<A extends ShuffleTarget>(items: A): A;
}

type ShuffleTarget =
  | unknown[]
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** The stream of `seed` named by the labels; different labels give independent streams. */
export function createRng(seed: number, ...stream: readonly (string | number)[]): Rng {
  const generator = new Xoshiro128(hashLabels([seed, ...stream]));
  const next = () => generator.next();
  const float = () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;

  const int = (lo: number, hi: number) => {
    const count = hi - lo + 1;
    if (!(count >= 1)) throw new RangeError(`random integer in [${lo}, ${hi}]: the range is empty`);
    if (count > 0x100000000) return lo + Math.floor(float() * count);
    // Draws past the last whole multiple of `count` would favour the small values.
    const limit = 0x100000000 - (0x100000000 % count);
    let draw = next();
    while (draw >= limit) draw = next();
    return lo + (draw % count);
  };

  let spare: number | undefined;
  return {
    bits: next,
    float,
    int,
    uniform: (lo, hi) => lo + (hi - lo) * float(),
    logUniform(lo, hi) {
      const from = portableLog(lo);
      return Math.min(hi, Math.max(lo, portableExp(from + (portableLog(hi) - from) * float())));
    },
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // Marsaglia's polar method: no sine or cosine, whose last bits differ between engines.
      let a: number;
      let b: number;
      let r2: number;
      do {
        a = 2 * float() - 1;
        b = 2 * float() - 1;
        r2 = a * a + b * b;
      } while (r2 >= 1 || r2 === 0);
      const scale = Math.sqrt((-2 * portableLog(r2)) / r2);
      spare = b * scale;
      return a * scale;
    },
    normals: (into, deviation) => fillNormals(into, deviation, generator),
    choice(items) {
      if (items.length === 0) throw new RangeError("random choice among no items");
      return items[int(0, items.length - 1)]!;
    },
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last--) {
        const other = int(0, last);
        const held = items[last]!;
        items[last] = items[other]!;
        items[other] = held;
      }
      return items;
    },
  };
}

type State = [number, number, number, number];

/** xoshiro128** 1.1 (Blackman and Vigna 2018, public domain): period 2¹²⁸ − 1, all 32 bits usable. */
class Xoshiro128 implements Words {
  /** A typed array: numbers of 32 bits in variables that closures share are objects to some engines. */
  readonly #state: Int32Array;

  constructor(state: State) {
    this.#state = Int32Array.from(state);
  }

  next(): number {
    const s = this.#state;
    const s0 = s[0]!;
    const s1 = s[1]!;
    const s2 = s[2]! ^ s0;
    const s3 = s[3]! ^ s1;
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ (s1 << 9);
    s[3] = rotateLeft(s3, 11);
    return Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
  }

  /** The same words as next() gives, as signed numbers. The state stays in local variables: a nanosecond or two each. */
  fill(into: Int32Array): void {
    const state = this.#state;
    let s0 = state[0]!;
    let s1 = state[1]!;
    let s2 = state[2]!;
    let s3 = state[3]!;
    for (let i = 0; i < into.length; i++) {
      into[i] = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9);
      const shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = rotateLeft(s3, 11);
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }
}

/** 128 bits from seed and labels: four lanes absorb every word through murmur3's finalizer. */
function hashLabels(labels: readonly (string | number)[]): State {
  const lanes: State = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667];
  const absorb = (word: number) => {
    for (let i = 0; i < 4; i++) lanes[i] = finalize(Math.imul(lanes[i]!, 0x2c1b3c6d) + word + i * 0x85ebca6b);
  };
  for (const label of labels) {
    if (typeof label === "number") {
      number64.setFloat64(0, label);
      absorb(1);
      absorb(number64.getUint32(0));
      absorb(number64.getUint32(4));
    } else {
      // The length first: ("ab", "c") and ("a", "bc") are different streams.
      absorb(2);
      absorb(label.length);
      for (let i = 0; i < label.length; i++) absorb(label.charCodeAt(i));
    }
  }
  for (let i = 0; i < 4; i++) absorb(lanes[(i + 1) % 4]!);
  // xoshiro's only forbidden state.
  if ((lanes[0] | lanes[1] | lanes[2] | lanes[3]) === 0) lanes[0] = 1;
  return lanes;
}

const number64 = new DataView(new ArrayBuffer(8));

function finalize(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}
