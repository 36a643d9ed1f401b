import { type Finding, found, missing } from "./finding.ts";

/** Which way a metric is better. */
export type Better = "less" | "more";

export interface PlaneOptions {
  readonly x?: Better;
  readonly y?: Better;
  /** The corner that the hypervolume is measured from; left out it is the worst x and the worst y of these points. */
  readonly reference?: readonly [x: number, y: number];
}

/** The Pareto front of two metrics. Indices are those of the values given. */
export interface ParetoPlane {
  /** Points that no other dominates, from the best x to the best y; copies of a point are all here. */
  readonly front: readonly number[];
  /** Rank of every point: 0 the front, 1 the front without it, …; −1 where a value is missing. */
  readonly ranks: readonly number[];
  /** Area between the front and the reference, in the product of both units. */
  readonly hypervolume: number;
  readonly reference: readonly [x: number, y: number];
  /** Points with both values. */
  readonly n: number;
}

/**
 * Front, ranks and hypervolume in O(n log n). A point dominates another where it is nowhere worse and somewhere better;
 * copies of a point share its rank. Points with a missing or infinite value take no part.
 */
export function paretoPlane(
  xs: readonly (number | null | undefined)[],
  ys: readonly (number | null | undefined)[],
  { x = "less", y = "less", reference }: PlaneOptions = {},
): Finding<ParetoPlane> {
  if (xs.length === 0) return missing("no-trials", "No trials to put in order.");
  const [signX, signY] = [x === "less" ? 1 : -1, y === "less" ? 1 : -1];
  const points: Point[] = [];
  xs.forEach((value, index) => {
    const other = ys[index];
    if (isNumber(value) && isNumber(other)) points.push({ x: signX * value, y: signY * other, index });
  });
  if (points.length === 0) return missing("no-values", "No trial has both values.");
  points.sort((a, b) => a.x - b.x || a.y - b.y || a.index - b.index);
  const ranks = new Array<number>(xs.length).fill(-1);
  // last[r] is the lowest y of rank r so far, and its point: whoever comes later has no smaller x.
  const last: Point[] = [];
  for (const point of points) {
    const rank = firstFree(last, point);
    ranks[point.index] = rank;
    last[rank] = point;
  }
  const front = points.filter(({ index }) => ranks[index] === 0);
  const corner = reference
    ? ([signX * reference[0], signY * reference[1]] as const)
    : ([points.at(-1)!.x, points.reduce((worst, point) => Math.max(worst, point.y), points[0]!.y)] as const);
  return found({
    front: front.map(({ index }) => index),
    ranks,
    hypervolume: areaOf(front, corner),
    reference: [signX * corner[0] + 0, signY * corner[1] + 0],
    n: points.length,
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly index: number;
}

/** The first rank whose points do not dominate this one. Their lowest y grow with the rank. */
function firstFree(last: readonly Point[], point: Point): number {
  let [low, high] = [0, last.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const best = last[middle]!;
    const dominated = best.y < point.y || (best.y === point.y && best.x < point.x);
    if (dominated) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of a front in order of x, both to be minimised; points beyond the corner add nothing. */
function areaOf(front: readonly Point[], [cornerX, cornerY]: readonly [number, number]): number {
  let area = 0;
  let ceiling = cornerY;
  for (const { x, y } of front) {
    if (x >= cornerX || y >= ceiling) continue;
    area += (cornerX - x) * (ceiling - y);
    ceiling = y;
  }
  return area;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
