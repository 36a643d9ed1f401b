/** Two-sample Kolmogorov–Smirnov test: are two populations' errors drawn from one distribution? Two-sided. */
export interface KsTest {
  /** D = max |F_a − F_b| over all errors, with F(x) = share of errors ≤ x. */
  readonly statistic: number;
  /** Chance of a D at least this large if both populations were one. */
  readonly pValue: number;
  readonly method: "exact" | "asymptotic";
}

/** Above this many pairs the asymptotic p is used: its error is then far below anything one would act on. */
const exactPairs = 1_000_000;

export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): KsTest {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) throw new RangeError("the test needs at least one error on each side");
  const gap = largestGap(a, b);
  const statistic = gap / (n * m);
  if (n * m <= exactPairs) return { statistic, pValue: exactP(gap, n, m), method: "exact" };
  const scale = Math.sqrt((n * m) / (n + m));
  return { statistic, pValue: kolmogorovTail(scale * statistic), method: "asymptotic" };
}

/** The least p that n and m errors can give, of a D of 1: 2 of the C(n+m, n) orders. Above a level, nothing can be shown. */
export function leastP(n: number, m: number): number {
  let share = 2;
  for (let i = 1; i <= Math.min(n, m); i++) share *= i / (Math.max(n, m) + i);
  return Math.min(1, share);
}

/** D · n · m as a whole number, so that equal gaps compare equal: max |i·m − j·n| over the merged errors. */
function largestGap(a: readonly number[], b: readonly number[]): number {
  const x = Float64Array.from(a).sort();
  const y = Float64Array.from(b).sort();
  let [i, j, gap] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const error = Math.min(x[i]!, y[j]!);
    while (i < x.length && x[i]! === error) i += 1;
    while (j < y.length && y[j]! === error) j += 1;
    gap = Math.max(gap, Math.abs(i * y.length - j * x.length));
  }
  return gap;
}

/**
 * Exact p, ignoring ties (as scipy's `method="exact"`): the share of the C(n+m, n) orders of n + m errors whose gap
 * reaches `gap`. Orders are lattice paths from (0, 0) to (n, m); at each point stands the share of the paths to it that
 * have reached the gap. Nothing is subtracted, so the smallest p keep their digits.
 */
function exactP(gap: number, n: number, m: number): number {
  if (gap === 0) return 1;
  const reached = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= gap) reached[j] = 1;
      else if (i + j > 0) {
        const fromLeft = j > 0 ? j * reached[j - 1]! : 0;
        reached[j] = (i * reached[j]! + fromLeft) / (i + j);
      }
    }
  }
  return reached[m]!;
}

/** Q(λ) = 2 Σ_{k≥1} (−1)^{k−1} e^{−2k²λ²}: the limit of p for large samples, λ = D √(nm/(n+m)). */
export function kolmogorovTail(lambda: number): number {
  // The series converges too slowly below, where Q is 1 to fifteen digits.
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17 * Math.abs(sum)) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
