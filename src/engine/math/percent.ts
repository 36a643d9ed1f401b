/** 0.1184 → "11.8%": shares and errors read alike in page, reports and command line. */
export function percentText(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)}%`;
}

/** 0.85 → 85, free of the rounding of the product: for what a user has set. */
export function percentOf(fraction: number): number {
  return Number((100 * fraction).toFixed(6));
}
