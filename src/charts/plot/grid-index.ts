/** A mark in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Finds marks near a point or in a rectangle without looking at all of them: buckets of a square grid. */
export interface GridIndex {
  /** Index of the nearest place within `reach` pixels. */
  nearest(x: number, y: number, reach: number): number | undefined;
  /** Indices of the places in the rectangle, its edges included, in no order. */
  within(x0: number, y0: number, x1: number, y1: number): number[];
}

/** Pixels of a bucket's side: a few marks each where thousands fill a chart. */
const side = 16;

export function createGridIndex(places: readonly Place[]): GridIndex {
  const buckets = new Map<number, number[]>();
  const keyOf = (column: number, row: number) => column * 65_536 + row;
  const cell = (pixel: number) => Math.floor(pixel / side) + 32_768;
  places.forEach(({ x, y }, i) => {
    const key = keyOf(cell(x), cell(y));
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [i]);
    else bucket.push(i);
  });

  const visit = (x0: number, y0: number, x1: number, y1: number, see: (i: number, place: Place) => void) => {
    for (let column = cell(x0); column <= cell(x1); column++)
      for (let row = cell(y0); row <= cell(y1); row++)
        for (const i of buckets.get(keyOf(column, row)) ?? []) see(i, places[i]!);
  };
  return {
    nearest(x, y, reach) {
      let best: number | undefined;
      let least = reach * reach;
      visit(x - reach, y - reach, x + reach, y + reach, (i, place) => {
        const distance = (place.x - x) ** 2 + (place.y - y) ** 2;
        if (distance > least || (distance === least && best !== undefined && i > best)) return;
        best = i;
        least = distance;
      });
      return best;
    },
    within(x0, y0, x1, y1) {
      const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
      const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)];
      const inside: number[] = [];
      visit(left, top, right, bottom, (i, { x, y }) => {
        if (x >= left && x <= right && y >= top && y <= bottom) inside.push(i);
      });
      return inside;
    },
  };
}
