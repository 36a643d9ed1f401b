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

/** ln of a multiple of `widthStep`; the same few come thousands of times. */
function logOfWidth(width: number): number {
  const place = width / widthStep;
  if (place >= widthLogs.length) return portableLog(width);
  if (widthLogs[place] === 0) widthLogs[place] = portableLog(width);
  return widthLogs[place]!;
}

const widthLogs = new Float64Array(1024);

/** A thinner grid first: its best point ends most of the others after a block or two. */
function search(targets: Float64Array, grid: Grid, start: Point): Point {
  return searchEvery(targets, grid, searchEvery(targets, grid, start, 3), 1);
}

/** Goes through every `step`-th slope and multiplier, and every initial width. */
function searchEvery(targets: Float64Array, grid: Grid, start: Point, step: number): Point {
  let best = start;
  const depth = targets.length;
  const slopes = grid.slopes.filter((_, i) => i % step === 0);
  const multipliers = grid.multipliers.filter((multiplier, i) => multiplier > 1.05 && i % step === 0);
  const initialWidths = new Set(
    grid.initialWidths.map((w) => Math.max(widthStep, roundToMultiple(w, widthStep))),
  );
  const growth = new Float64Array(slopes.length * depth);
  const stageLogs = new Float64Array(maxStages);
  for (const initialWidth of initialWidths) {
    // ln(u_j / w_0) of every slope, shared by all multipliers.
    slopes.forEach((slope, i) => {
      for (let j = 0; j < depth; j++) growth[i * depth + j] = Math.log1p((slope * j) / initialWidth);
    });
    const steepest = growth.reduce((most, each) => Math.max(most, each), 0);
    for (const widthMultiplier of multipliers) {
      const perStage = 1 / portableLog(widthMultiplier);
      // Logarithms of the quantized widths, shared by all slopes; as many as the steepest line has stages.
      const stages = Math.min(maxStages, roundHalfEven(steepest * perStage) + 1);
      for (let s = 0; s < stages; s++) {
        const width = roundToMultiple(initialWidth * widthMultiplier ** s, widthStep);
        stageLogs[s] = logOfWidth(Math.max(widthStep, width));
      }
      for (let i = 0; i < slopes.length; i++) {
        const error = meanMiss(targets, growth, i * depth, stageLogs, perStage, best.error);
        if (error < best.error) best = { initialWidth, slope: slopes[i]!, widthMultiplier, error };
      }
    }
  }
  return best;
}

/** Stops as soon as it cannot be the best. `growth` from `first` on has ln(u_j / w_0) of every block. */
function meanMiss(
  targets: Float64Array,
  growth: Float64Array,
  first: number,
  stageLogs: Float64Array,
  perStage: number,
  limit: number,
): number {
  let sum = 0;
  const enough = limit * targets.length;
  for (let j = 0; j < targets.length; j++) {
    // s_j = ln(u_j / w_0) / ln w_m.
    const s = Math.min(maxStages - 1, roundHalfEven(growth[first + j]! * perStage));
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
