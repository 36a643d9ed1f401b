import { portableExp, portableLog } from "./portable.ts";
import type { Rng } from "./rng.ts";

/**
 * Beta(a, b) on [0, 1] from two gamma draws, x/(x + y), taken in logarithms so that neither underflows.
 * @param a > 0
 * @param b > 0
 */
export function drawBeta(a: number, b: number, rng: Rng): number {
  const difference = logGamma(b, rng) - logGamma(a, rng);
  return 1 / (1 + portableExp(Math.min(Math.max(difference, -700), 700)));
}

/** The logarithm of a Gamma(shape, 1) draw (Marsaglia and Tsang 2000, https://doi.org/10.1145/358407.358414). */
function logGamma(shape: number, rng: Rng): number {
  // Γ(a) is Γ(a + 1)·U^(1/a): the method needs shapes of 1 and more.
  if (shape < 1) return logGamma(shape + 1, rng) + portableLog(1 - rng.float()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const root = 1 + c * x;
    const v = root * root * root;
    if (v <= 0) continue;
    const logV = portableLog(v);
    if (portableLog(1 - rng.float()) < 0.5 * x * x + d - d * v + d * logV) return portableLog(d) + logV;
  }
}
