import { createRng } from "../math/rng.ts";
import { dkwHalfWidth } from "./dkw.ts";
import { drawIndex } from "./draw.ts";
import { type Finding, found, missing } from "./finding.ts";
import { sortedFinite } from "./percentiles.ts";

/** A band around an EDF: at `errors[i]` the share lies between `low[i]` and `high[i]`. */
export interface EdfBand {
  /** Ascending, each error once. */
  readonly errors: Float64Array;
  /** The EDF itself, with `x ≤ errors[i]` counted: what is drawn as a line. */
  readonly share: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Networks. */
  readonly n: number;
  readonly confidence: number;
  readonly method: BandMethod;
}

/**
 * `dkw`: the true curve lies inside everywhere at once (simultaneous; Dvoretzky, Kiefer and Wolfowitz 1956, Massart
 * 1990). `bootstrap`: at each error by itself (pointwise; Efron 1979), narrower, and narrowest at both ends.
 */
export type BandMethod = "dkw" | "bootstrap";

export interface BandOptions {
  readonly method?: BandMethod;
  readonly confidence?: number;
  /** Of the bootstrap. */
  readonly rounds?: number;
  readonly seed?: number;
  /** Weights of the networks, as many as errors: of a complexity-normalized EDF. Bootstrap only. */
  readonly weights?: readonly number[];
}

/** The confidence band of the errors' EDF; of weighted networks only by bootstrap, which DKW does not cover. */
export function edfBand(errors: readonly number[], options: BandOptions = {}): Finding<EdfBand> {
  const { method = "dkw", confidence = 0.95, weights } = options;
  if (errors.length === 0) return missing("no-trials", "No trials: no curve and no band.");
  if (method === "bootstrap" || weights !== undefined) return bootstrapBand(errors, options);
  const sorted = sortedFinite(errors);
  if (sorted.length === 0) return missing("none-finished", "No trial has an error yet.");
  const halfWidth = dkwHalfWidth(sorted.length, confidence);
  const steps = stepsOf(sorted);
  const share = Float64Array.from(steps.last, (i) => (i + 1) / sorted.length);
  return found({
    errors: steps.errors,
    share,
    low: share.map((each) => Math.max(0, each - halfWidth)),
    high: share.map((each) => Math.min(1, each + halfWidth)),
    n: sorted.length,
    confidence,
    method: "dkw",
  });
}

/**
 * Pointwise percentile bootstrap: the population is drawn anew, with replacement, `rounds` times; the band holds the
 * middle `confidence` of the curves at each error. Each network takes its weight along. Shares are counted, not sorted: in
 * steps of 1/n, or of 1/4096 with weights.
 */
function bootstrapBand(
  errors: readonly number[],
  { confidence = 0.95, rounds = 1_000, seed = 1, weights }: BandOptions,
): Finding<EdfBand> {
  const order = Array.from(errors.keys())
    .filter((i) => Number.isFinite(errors[i]) && (weights === undefined || weights[i]! > 0))
    .sort((a, b) => errors[a]! - errors[b]!);
  const n = order.length;
  if (n === 0) return missing("none-finished", "No trial with an error and a weight.");
  const weight = Float64Array.from(order, (i) => weights?.[i] ?? 1);
  const { errors: points, last } = stepsOf(Float64Array.from(order, (i) => errors[i]!));
  const levels = weights === undefined ? n : 4_096;
  // seen[point][level]: rounds whose curve had this share at this point.
  const seen = new Uint32Array(points.length * (levels + 1));
  const rng = createRng(seed, "edf-band");
  const drawnWeight = new Float64Array(n);
  for (let round = 0; round < rounds; round++) {
    drawnWeight.fill(0);
    let total = 0;
    for (let i = 0; i < n; i++) {
      const drawn = drawIndex(rng, n);
      drawnWeight[drawn]! += weight[drawn]!;
      total += weight[drawn]!;
    }
    const perWeight = levels / total;
    let sum = 0;
    let from = 0;
    for (let point = 0; point < points.length; point++) {
      for (; from <= last[point]!; from++) sum += drawnWeight[from]!;
      seen[point * (levels + 1) + Math.min(levels, Math.round(sum * perWeight))]! += 1;
    }
  }
  const tail = Math.floor(((1 - confidence) / 2) * (rounds - 1));
  const low = new Float64Array(points.length);
  const high = new Float64Array(points.length);
  for (let point = 0; point < points.length; point++) {
    const counts = seen.subarray(point * (levels + 1), (point + 1) * (levels + 1));
    low[point] = levelAt(counts, tail) / levels;
    high[point] = levelAt(counts, rounds - 1 - tail) / levels;
  }
  return found({
    errors: points,
    share: shareOf(weight, last),
    low,
    high,
    n,
    confidence,
    method: "bootstrap",
  });
}

/** The level of the k-th lowest curve, from 0. */
function levelAt(counts: Uint32Array, k: number): number {
  let level = 0;
  for (let below = counts[0]!; below <= k; below += counts[level]!) level += 1;
  return level;
}

/** Every different error once, and the index of its last network. */
function stepsOf(sorted: Float64Array): { readonly errors: Float64Array; readonly last: Uint32Array } {
  const last = Array.from(sorted.keys()).filter((i) => sorted[i] !== sorted[i + 1]);
  return { errors: Float64Array.from(last, (i) => sorted[i]!), last: Uint32Array.from(last) };
}

function shareOf(weight: Float64Array, last: Uint32Array): Float64Array {
  const total = weight.reduce((sum, each) => sum + each, 0);
  const share = new Float64Array(last.length);
  let sum = 0;
  for (let i = 0, point = 0; i < weight.length; i++) {
    sum += weight[i]!;
    if (last[point] === i) share[point++] = Math.min(1, sum / total);
  }
  return share;
}
