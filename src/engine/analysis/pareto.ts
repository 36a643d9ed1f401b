/**
 * Pareto rank of every point, all coordinates to be minimised (negate what is to be maximised): 0 is the front, 1 the
 * front without rank 0, and so on. p dominates q when it is nowhere larger and somewhere smaller; copies of a point share
 * its rank.
 */
export function paretoRanks(points: readonly (readonly number[])[]): number[] {
  const dominated: number[][] = points.map(() => []);
  const dominators = points.map(() => 0);
  points.forEach((p, i) => {
    points.forEach((q, j) => {
      if (dominates(p, q)) {
        dominated[i]!.push(j);
        dominators[j]! += 1;
      }
    });
  });
  const ranks = points.map(() => 0);
  let front = points.flatMap((_, i) => (dominators[i] === 0 ? [i] : []));
  for (let rank = 0; front.length > 0; rank++) {
    const next: number[] = [];
    for (const i of front) {
      ranks[i] = rank;
      for (const j of dominated[i]!) if (--dominators[j]! === 0) next.push(j);
    }
    front = next;
  }
  return ranks;
}

/** Indices of the points that no other dominates. */
export function paretoFront(points: readonly (readonly number[])[]): number[] {
  return points.flatMap((p, i) => (points.some((q) => dominates(q, p)) ? [] : [i]));
}

function dominates(p: readonly number[], q: readonly number[]): boolean {
  return p.every((value, k) => value <= q[k]!) && p.some((value, k) => value < q[k]!);
}
