/**
 * The rounding rules of numpy, Python and the papers. `Math.round` rounds halves up; pycls, timm and torchvision round
 * halves to even, and a width of 392 or 400 channels hangs on it.
 */

/** Nearest integer, halves to even: Python's `round(x)`, `numpy.round(x)`. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5) return below;
  if (rest > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** Nearest multiple of `step`, halves to even: `round(x / step) * step`. */
export function roundToMultiple(x: number, step: number): number {
  return roundHalfEven(x / step) * step;
}

/**
 * Width rule of MobileNet and EfficientNet (torchvision `_make_divisible`, timm `make_divisible`): nearest multiple of
 * `divisor`, halves up, at least one divisor, and never below 90 % of `value`.
 */
export function makeDivisible(value: number, divisor: number): number {
  const nearest = Math.max(divisor, Math.floor((value + divisor / 2) / divisor) * divisor);
  return nearest < 0.9 * value ? nearest + divisor : nearest;
}

/** Greatest common divisor of two positive integers. */
export function gcd(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** Least common multiple of two positive integers. */
export function lcm(a: number, b: number): number {
  return (a / gcd(a, b)) * b;
}
