import type { Rng } from "../math/rng.ts";

/**
 * The quantized distributions of pycls' sweeps (`pycls/sweep/random.py`), all on the closed range [low, high]. Their
 * point is that every multiple of the step, both ends included, gets the share that its scale promises.
 */

/** Uniform over the multiples of 1: pycls `uniform` with q = 1. */
export function uniformInteger(rng: Rng, low: number, high: number): number {
  return rng.int(low, high);
}

/**
 * Log-uniform over the multiples of `step`: pycls `log_uniform`. A real number from (low − min(step, low/2), high] is
 * rounded up, so that the lowest multiple has a share too.
 */
export function logUniform(rng: Rng, low: number, high: number, step: number): number {
  const real = rng.logUniform(low - Math.min(step, low / 2), high);
  return Math.min(high, Math.max(low, multiple(Math.ceil(real / step), step)));
}

/** Uniform over low, 2·low, 4·low, … ≤ high: pycls `power2_uniform`. */
export function powerOfTwo(rng: Rng, low: number, high: number): number {
  return low * 2 ** rng.int(0, Math.floor(Math.log2(high / low)));
}

/**
 * Powers of two below `step`, and log-uniform multiples of `step` from there on: pycls `power2_or_log_uniform`, by which
 * group widths are 1, 2, 4, 8, 16, 24, 32, ….
 */
export function powerOfTwoOrLogUniform(rng: Rng, low: number, high: number, step: number): number {
  const power = powerOfTwo(rng, low, high);
  return power >= step ? logUniform(rng, Math.max(low, step), high, Math.min(high, step)) : power;
}

/** n·step without the error of a step such as 0.1, which no double holds: 24.48, not 24.480000000000004. */
export function multiple(n: number, step: number): number {
  const parts = Math.round(1 / step);
  return step < 1 && Math.abs(parts * step - 1) < 1e-9 ? n / parts : n * step;
}
