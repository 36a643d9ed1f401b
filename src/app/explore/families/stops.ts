/** Every multiple of `step` from lo to hi. */
export function evenStops(lo: number, hi: number, step: number): number[] {
  const scale = 1 / step;
  const count = Math.floor((hi - lo) / step + 1e-9);
  // Whole numbers are divided, not steps added up: 0.3, not 0.30000000000000004.
  return Array.from({ length: count + 1 }, (_, i) => Math.round((lo + i * step) * scale) / scale);
}

/** About `count` multiples of `step` from lo to hi, their ratios as even as the step allows: small values get their share. */
export function logStops(lo: number, hi: number, step: number, count = 160): number[] {
  const scale = 1 / step;
  const stops = Array.from({ length: count }, (_, i) => {
    const value = lo * (hi / lo) ** (i / (count - 1));
    return Math.round(value * scale) / scale;
  });
  return [...new Set(stops)];
}

/** lo, 2·lo, 4·lo, … ≤ hi. */
export function powerStops(lo: number, hi: number): number[] {
  return Array.from({ length: Math.floor(Math.log2(hi / lo)) + 1 }, (_, i) => lo * 2 ** i);
}

/** Index of the stop nearest to a value. */
export function nearestStop(stops: readonly number[], value: number): number {
  let lo = 0;
  let hi = stops.length - 1;
  while (hi - lo > 1) {
    const middle = (lo + hi) >> 1;
    if (stops[middle]! <= value) lo = middle;
    else hi = middle;
  }
  return value - stops[lo]! <= stops[hi]! - value ? lo : hi;
}
