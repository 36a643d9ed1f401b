import { studentQuantile } from "../math/student-t.ts";
import { type Finding, found, missing } from "./finding.ts";

/** A quantity with its confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Least squares fit of y on x. `linear`: y = a + b·x. `power`: y = a·x^b, fitted as a line
 * through the logarithms, so that equal ratios count equally.
 */
export interface TrendFit {
  readonly kind: FitKind;
  /** a: the value at x = 0 (linear) or at x = 1 (power). */
  readonly scale: Estimate;
  /** b: the slope (linear) or the exponent (power: ½ for acts ~ √flops, 1 for params ~ flops). */
  readonly slope: Estimate;
  /** Share of the variance of y (of ln y for a power law) that the fit explains. */
  readonly r2: number;
  readonly n: number;
  readonly confidence: number;
  /** What the interval of the mean at a point needs: the fit itself, its spread, the middle of x. */
  readonly residual: {
    readonly deviation: number;
    readonly meanX: number;
    readonly spreadX: number;
    readonly quantile: number;
  };
}

export type FitKind = "linear" | "power";

/**
 * Fits all pairs that are finite, and for a power law positive. Three are needed for an interval. Intervals are Student's
 * t with n − 2 degrees of freedom.
 */
export function fitTrend(
  xs: readonly (number | null | undefined)[],
  ys: readonly (number | null | undefined)[],
  kind: FitKind,
  confidence = 0.95,
): Finding<TrendFit> {
  if (xs.length === 0) return missing("no-trials", "No trials to fit.");
  const points: [number, number][] = [];
  xs.forEach((x, i) => {
    const y = ys[i];
    if (!usable(x, kind) || !usable(y, kind)) return;
    points.push(kind === "power" ? [Math.log(x), Math.log(y)] : [x, y]);
  });
  const n = points.length;
  if (n === 0) return missing("no-values", `No trial has both values${kind === "power" ? " above 0" : ""}.`);
  if (n < 3) return missing("too-few", `A fit with an interval needs three trials; there are ${n}.`);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  let [xx, xy, yy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - meanY);
    yy += (y - meanY) ** 2;
  }
  if (!(xx > 0)) return missing("all-equal", "All trials have the same value on the horizontal axis.");
  const b = xy / xx;
  const a = meanY - b * meanX;
  const left = points.reduce((sum, [x, y]) => sum + (y - a - b * x) ** 2, 0);
  const deviation = Math.sqrt(left / (n - 2));
  const quantile = studentQuantile(0.5 + confidence / 2, n - 2);
  const widthB = (quantile * deviation) / Math.sqrt(xx);
  const widthA = quantile * deviation * Math.sqrt(1 / n + (meanX * meanX) / xx);
  const back = kind === "power" ? Math.exp : (value: number) => value;
  return found({
    kind,
    scale: { value: back(a), low: back(a - widthA), high: back(a + widthA) },
    slope: { value: b, low: b - widthB, high: b + widthB },
    r2: yy > 0 ? Math.max(0, 1 - left / yy) : 1,
    n,
    confidence,
    residual: { deviation, meanX, spreadX: xx, quantile },
  });
}

/** The fitted line at x with the confidence interval of the mean there. */
export function trendAt(fit: TrendFit, x: number): Estimate {
  const { kind, scale, slope, n, residual } = fit;
  const { deviation, meanX, spreadX, quantile } = residual;
  const power = kind === "power";
  const at = power ? Math.log(x) : x;
  const middle = (power ? Math.log(scale.value) : scale.value) + slope.value * at;
  const halfWidth = quantile * deviation * Math.sqrt(1 / n + (at - meanX) ** 2 / spreadX);
  const back = power ? Math.exp : (value: number) => value;
  return { value: back(middle), low: back(middle - halfWidth), high: back(middle + halfWidth) };
}

function usable(value: number | null | undefined, kind: FitKind): value is number {
  return typeof value === "number" && Number.isFinite(value) && (kind === "linear" || value > 0);
}
