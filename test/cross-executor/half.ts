/** The nearest float16, ties to even (IEEE 754-2008, binary16: 10 bits behind the point, exponents −14 to 15). */
export function toHalf(value: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
  const spacing = 2 ** (exponent - 10);
  const steps = value / spacing;
  const below = Math.floor(steps);
  const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 !== 0);
  return value === 0 ? 0 : (below + (up ? 1 : 0)) * spacing;
}
