/**
 * Effect sizes of two populations' errors. Cliff's δ is the one that is named first: it does not depend on the scale of the
 * errors, a diverged network (error 1) weighs no more than any other bad one, and it says what a user asks: how often does
 * a random network of one population beat one of the other? The difference of medians says the same in points of error.
 */

/** P(x of a < y of b) + ½ P(equal): the chance that a random network of a errs less; ½ where neither is better. */
export function superiority(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const y = Float64Array.from(b).sort();
  const x = Float64Array.from(a).sort();
  let [below, upTo, sum] = [0, 0, 0];
  for (const error of x) {
    while (below < y.length && y[below]! < error) below += 1;
    upTo = Math.max(upTo, below);
    while (upTo < y.length && y[upTo]! <= error) upTo += 1;
    sum += y.length - upTo + 0.5 * (upTo - below);
  }
  return sum / (x.length * y.length);
}

/** Cliff's δ (1993): P(a > b) − P(a < b), from −1 (all of a err less) to 1 (all of a err more). */
export function cliffsDelta(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return 1 - 2 * superiority(a, b);
}

export type Magnitude = "negligible" | "small" | "medium" | "large";

/** |δ| in words, by the bounds of Romano et al. (2006): 0.147, 0.33, 0.474. */
export function magnitudeOf(delta: number): Magnitude {
  const size = Math.abs(delta);
  if (size < 0.147) return "negligible";
  if (size < 0.33) return "small";
  return size < 0.474 ? "medium" : "large";
}
