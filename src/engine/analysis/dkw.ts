/**
 * Half-width ε of the confidence band of an EDF (Dvoretzky, Kiefer and Wolfowitz, with Massart's constant 1990): the true
 * distribution function of the space lies within ±ε of the EDF everywhere at once with the given confidence.
 * ε = √(ln(2/α) / 2n), α = 1 − confidence.
 */
export function dkwHalfWidth(n: number, confidence = 0.95): number {
  return Math.sqrt(Math.log(2 / (1 - confidence)) / (2 * n));
}

/** The band of an EDF at one of its shares, cut to [0, 1]. */
export function dkwBand(share: number, n: number, confidence = 0.95): readonly [low: number, high: number] {
  const halfWidth = dkwHalfWidth(n, confidence);
  return [Math.max(0, share - halfWidth), Math.min(1, share + halfWidth)];
}
