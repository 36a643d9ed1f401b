/**
 * The test resolution nearest to `wanted` that is congruent to the training resolution modulo 2^halvings (Masters et al.
 * 2021, arXiv:2106.03640, §5): then every strided layer cuts the borders of both alike. Halves go up.
 */
export function testResolution(wanted: number, training: number, halvings: number): number {
  const step = 2 ** halvings;
  const remainder = ((training - 1) % step) + 1;
  return Math.max(0, Math.floor((wanted - remainder) / step + 0.5)) * step + remainder;
}
