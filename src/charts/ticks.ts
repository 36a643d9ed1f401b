/** Round numbers of an axis: the multiples of 1, 2 or 5 · 10ᵏ inside [lo, hi], about `count` of them. */
export function linearTicks(lo: number, hi: number, count: number): number[] {
  if (!(hi > lo)) return [lo];
  const step = niceStep((hi - lo) / Math.max(1, count));
  // Multiplying an integer by the step, not adding up steps, keeps 0.3 from becoming 0.30000000000000004.
  const ticks: number[] = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + step * 1e-9; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

/** [lo, hi] widened to whole steps, so that an axis begins and ends on a round number. */
export function niceDomain(lo: number, hi: number, count: number): [number, number] {
  if (!(hi > lo)) return [lo - 0.5 * Math.abs(lo || 1), hi + 0.5 * Math.abs(hi || 1)];
  const step = niceStep((hi - lo) / Math.max(1, count));
  const snap = (value: number) => Number((value * step).toPrecision(12));
  return [snap(Math.floor(lo / step + 1e-9)), snap(Math.ceil(hi / step - 1e-9))];
}

/** A domain on round numbers and the ticks of the same steps, the ends included. */
export function niceAxis(
  lo: number,
  hi: number,
  count: number,
): { domain: [number, number]; ticks: number[] } {
  const [from, to] = niceDomain(lo, hi, count);
  const step = niceStep((hi - lo) / Math.max(1, count));
  const steps = Number.isFinite(step) ? Math.round((to - from) / step) : 1;
  const ticks = Array.from({ length: steps + 1 }, (_, i) =>
    Number((from + (i * (to - from)) / steps).toPrecision(12)),
  );
  return { domain: [from, to], ticks };
}

/** Powers of two that cover [lo, hi]: the natural ticks of channel counts. */
export function powersOfTwo(lo: number, hi: number): number[] {
  const from = Math.floor(Math.log2(lo));
  const to = Math.max(from + 1, Math.ceil(Math.log2(hi)));
  const every = Math.max(1, Math.ceil((to - from) / 6));
  const ticks: number[] = [];
  for (let k = from; k <= to; k += every) ticks.push(2 ** k);
  if (ticks.at(-1)! < hi) ticks.push(2 ** (Math.log2(ticks.at(-1)!) + every));
  return ticks;
}

/** Powers of ten in [lo, hi], or both ends where there are fewer than two: the ticks of a log axis. */
export function decades(lo: number, hi: number): number[] {
  const from = Math.ceil(Math.log10(lo) - 1e-9);
  const to = Math.floor(Math.log10(hi) + 1e-9);
  if (to - from < 1) return [...new Set([lo, hi])];
  return Array.from({ length: to - from + 1 }, (_, i) => Number(`1e${from + i}`));
}

/**
 * Ticks of a log axis in [lo, hi]: powers of ten where at least two fit, with 2 and 5 times them where there is room;
 * within one decade, round numbers. At most about 1.5 · `count`.
 */
export function logTicks(lo: number, hi: number, count: number): number[] {
  if (!(hi > lo) || !(lo > 0)) return [lo];
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = powersTimes(factors, lo, hi);
    if (ticks.length <= 1.5 * count && ticks.length >= 3) return ticks;
  }
  const powers = powersTimes([1], lo, hi);
  if (powers.length >= 3) {
    const every = Math.ceil(powers.length / count);
    return powers.filter((_, i) => i % every === 0);
  }
  return linearTicks(lo, hi, count);
}

function powersTimes(factors: readonly number[], lo: number, hi: number): number[] {
  const from = Math.floor(Math.log10(lo));
  const to = Math.ceil(Math.log10(hi));
  return Array.from({ length: to - from + 1 }, (_, i) =>
    factors.map((factor) => Number(`${factor}e${from + i}`)),
  )
    .flat()
    .filter((tick) => tick >= lo * (1 - 1e-9) && tick <= hi * (1 + 1e-9));
}

/** Every block of a short network; every second, fifth, tenth of a longer one. */
export function blockTicks(count: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((each) => count / each <= 12) ?? 200;
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / power;
  return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
}
