import { portableLog } from "../math/portable.ts";
import { roundHalfEven, roundToMultiple } from "../math/rounding.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { type WidthLine, widthStep } from "./quantized.ts";

/** How well a quantized line describes a network's block widths. */
export interface WidthFit {
  /** The line that fits best, with as many blocks as the network. */
  readonly line: WidthLine;
  /** e_fit: mean over the blocks of |ln(w_j fitted / w_j)|; 0.1 is widths some 10 % off. A RegNet has about 0.01: groups move its widths. */
  readonly error: number;
}

/** Width of every block, in order: what the fit and the width plot see of a network. */
export function blockWidths(spec: Pick<NetworkSpec, "stages">): number[] {
  return spec.stages.flatMap(({ depth, width }) => new Array<number>(depth).fill(width));
}

/**
 * Fits a quantized line to block widths (RegNet paper, §3.3): with d set to the number of blocks, a grid search over
 * w_0, w_a and w_m for the least mean log-ratio e_fit. The grid is searched coarsely, then twice more finely around the
 * best point.
 */
export function fitWidths(widths: readonly number[]): WidthFit {
  const targets = Float64Array.from(widths, portableLog);
  const largest = Math.max(...widths);
  const smallest = Math.min(...widths);
  const depth = widths.length;

  let grid: Grid = {
    initialWidths: steps(Math.max(widthStep, smallest / 2), Math.max(widthStep, largest), 14),
    slopes: [0, ...steps(0.25, (4 * largest) / Math.max(1, depth - 1), 40)],
    multipliers: range(1.5, 3, 16),
  };
  let best = search(targets, grid, {
    initialWidth: 0,
    slope: 0,
    widthMultiplier: 2,
    error: Number.POSITIVE_INFINITY,
  });
  for (const fineness of [1, 0.2]) {
    const { initialWidth, slope, widthMultiplier } = best;
    grid = {
      initialWidths: range(
        initialWidth - 8 * Math.ceil(4 * fineness),
        initialWidth + 8 * Math.ceil(4 * fineness),
        9,
      ),
      slopes: range(slope * (1 - 0.25 * fineness), slope * (1 + 0.25 * fineness), 25),
      multipliers: range(widthMultiplier - 0.1 * fineness, widthMultiplier + 0.1 * fineness, 21),
    };
    best = search(targets, grid, best);
  }
  const { error, ...line } = best;
  return { line: { depth, ...line }, error };
}

interface Grid {
  readonly initialWidths: readonly number[];
  readonly slopes: readonly number[];
  readonly multipliers: readonly number[];
}

type Point = Omit<WidthLine, "depth"> & { readonly error: number };

/** More stages than any line within the grid has. */
const maxStages = 32;

function search(targets: Float64Array, grid: Grid, start: Point): Point {
  let best = start;
  const lineLogs = new Float64Array(targets.length);
  const stageLogs = new Float64Array(maxStages);
  const initialWidths = new Set(
    grid.initialWidths.map((w) => Math.max(widthStep, roundToMultiple(w, widthStep))),
  );
  const multipliers = grid.multipliers.filter((multiplier) => multiplier > 1.05);
  for (const initialWidth of initialWidths) {
    for (const widthMultiplier of multipliers) {
      // Logarithms of the quantized widths, shared by all slopes.
      for (let s = 0; s < maxStages; s++) {
        const width = roundToMultiple(initialWidth * widthMultiplier ** s, widthStep);
        stageLogs[s] = portableLog(Math.max(widthStep, width));
      }
      const perStage = 1 / portableLog(widthMultiplier);
      for (const slope of grid.slopes) {
        for (let j = 0; j < targets.length; j++) lineLogs[j] = (slope * j) / initialWidth;
        const error = meanMiss(targets, lineLogs, stageLogs, perStage, best.error);
        if (error < best.error) best = { initialWidth, slope, widthMultiplier, error };
      }
    }
  }
  return best;
}

/** Stops as soon as it cannot be the best. */
function meanMiss(
  targets: Float64Array,
  growth: Float64Array,
  stageLogs: Float64Array,
  perStage: number,
  limit: number,
): number {
  let sum = 0;
  const enough = limit * targets.length;
  for (let j = 0; j < targets.length; j++) {
    // s_j = ln(u_j / w_0) / ln w_m with u_j / w_0 = 1 + w_a·j / w_0.
    const s = Math.min(maxStages - 1, roundHalfEven(Math.log1p(growth[j]!) * perStage));
    sum += Math.abs(stageLogs[s]! - targets[j]!);
    if (sum >= enough) return Number.POSITIVE_INFINITY;
  }
  return sum / targets.length;
}

/** `count` values from low to high in equal steps. */
function range(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.max(0, low + ((high - low) * i) / (count - 1)));
}

/** `count` values from low to high in equal ratios. */
function steps(low: number, high: number, count: number): number[] {
  const ratio = Math.max(high, low) / low;
  return Array.from({ length: count }, (_, i) => low * ratio ** (i / (count - 1)));
}
