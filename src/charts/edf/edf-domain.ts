import { lastBelow } from "../steps.ts";
import { niceDomain } from "../ticks.ts";
import type { EdfCurve } from "./edf-curve.ts";

/**
 * How much of the error axis is shown. `all`: every error below 1. `usual`: up to the largest error within 1.5
 * interquartile ranges above the third quartile of its population (Tukey's whisker), so that one network that hardly
 * learned does not squeeze the others. `best`: up to where every population has a quarter of its networks. Or two ends.
 */
export type EdfFocus = "all" | "usual" | "best" | readonly [from: number, to: number];

/** The ends of the axis on round numbers, with a little room. Diverged trials, counted as 1, never stretch it. */
export function edfDomain(curves: readonly EdfCurve[], focus: EdfFocus): readonly [number, number] {
  if (typeof focus !== "string") return focus;
  const below = curves.flatMap(({ rows }) => {
    const errors = rows.slice(0, lastBelow(rows, 1) + 1).map(({ x }) => x);
    return errors.length === 0 ? [] : [errors];
  });
  if (below.length === 0) return [0, 1];
  const lo = Math.min(...below.map((errors) => errors[0]!));
  const hi = Math.max(...below.map((errors) => end[focus](errors)));
  const room = Math.max(0.002, 0.03 * (hi - lo));
  const [from, to] = niceDomain(lo - room, hi + room, 12);
  return [Math.max(0, from), Math.min(1, to)];
}

/** Networks whose errors lie right of the axis. */
export function beyond(curves: readonly EdfCurve[], to: number): number {
  return curves.reduce((sum, { rows }) => sum + rows.length - 1 - lastBelow(rows, to), 0);
}

const quantile = (ascending: readonly number[], share: number) =>
  ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))]!;

const end: Readonly<Record<"all" | "usual" | "best", (ascending: readonly number[]) => number>> = {
  all: (errors) => errors.at(-1)!,
  usual: (errors) => {
    const [q1, q3] = [quantile(errors, 0.25), quantile(errors, 0.75)];
    const fence = q3 + 1.5 * (q3 - q1);
    return errors.findLast((error) => error <= fence)!;
  },
  best: (errors) => quantile(errors, 0.25),
};
