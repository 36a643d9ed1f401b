import type { Regime } from "./regime.ts";

/** The warm-up starts at this part of the learning rate (pycls' WARMUP_FACTOR). */
const warmupStart = 0.1;

/**
 * η of every step: the schedule falls over the whole run, and the warm-up multiplies its beginning by a line from 0.1
 * to 1, as in pycls; per step instead of per epoch, because runs here have few epochs.
 */
export function learningRateAt(
  regime: Pick<Regime, "learningRate" | "schedule" | "warmup">,
  step: number,
  steps: number,
): number {
  const peak = regime.learningRate * (regime.schedule === "cosine" ? cosineFall(step / steps) : 1);
  const warmupSteps = regime.warmup * steps;
  if (step >= warmupSteps) return peak;
  return peak * (warmupStart + (1 - warmupStart) * (step / warmupSteps));
}

/**
 * ½(1 + cos πt) = cos²(πt/2) for 0 ≤ t ≤ 1, by its power series: Math.cos may differ in the last bit between engines, and
 * a seed must train alike in all of them.
 */
function cosineFall(t: number): number {
  const x = (Math.PI / 2) * t;
  let sum = 1;
  // cos x = 1 − x²/(1·2) · (1 − x²/(3·4) · (1 − …)); eleven terms reach the last bit for x ≤ π/2.
  for (let n = 22; n >= 2; n -= 2) sum = 1 - ((x * x) / (n * (n - 1))) * sum;
  return sum * sum;
}
