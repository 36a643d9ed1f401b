/**
 * A step function, as an EDF is one: `y` holds to the right of `x` up to the next row; left of the first row the
 * function is 0. Rows ascend in x.
 */
export interface StepRow {
  readonly x: number;
  readonly y: number;
}

/** A band around a step function: [low, high] holds to the right of `x`. */
export interface BandRow {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

type Scale = (value: number) => number;

/** Index of the last row with x strictly below `at`, −1 before the first: the EDF's strict `<`. */
export function lastBelow(rows: readonly { readonly x: number }[], at: number): number {
  let lo = 0;
  let hi = rows.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (rows[mid]!.x < at) lo = mid + 1;
    else hi = mid;
  }
  return lo - 1;
}

/** SVG path of a step function between `from` and `to`. Of thousands, steps within a pixel are drawn as one. */
export function stepPath(rows: readonly StepRow[], from: number, to: number, sx: Scale, sy: Scale): string {
  let path = `M${round(sx(from))} ${round(sy(rows[lastBelow(rows, from)]?.y ?? 0))}`;
  for (const { x, y } of decimate(rows, from, to, sx, 1)) path += `H${round(sx(x))}V${round(sy(y))}`;
  return `${path}H${round(sx(to))}`;
}

/** SVG path of the area between the two edges of a band. */
export function bandPath(rows: readonly BandRow[], from: number, to: number, sx: Scale, sy: Scale): string {
  const entering = rows[lastBelow(rows, from)];
  // A faint area needs no edges finer than this.
  const inside = decimate(rows, from, to, sx, 0.5);
  const kept = entering === undefined ? inside : [{ ...entering, x: from }, ...inside];
  const first = kept[0];
  if (first === undefined) return "";
  let upper = `M${round(sx(first.x))} ${round(sy(first.high))}`;
  for (const { x, high } of kept.slice(1)) upper += `H${round(sx(x))}V${round(sy(high))}`;
  let lower = "";
  for (const { x, low } of kept.toReversed()) lower += `V${round(sy(low))}H${round(sx(x))}`;
  return `${upper}H${round(sx(to))}${lower}Z`;
}

/** Rows in [from, to), of those in one column of pixels the last: thousands of trials draw as fast as a few hundred. */
function decimate<Row extends { readonly x: number }>(
  all: readonly Row[],
  from: number,
  to: number,
  sx: Scale,
  columnsPerPixel: number,
): readonly Row[] {
  const rows = all.slice(lastBelow(all, from) + 1, lastBelow(all, to) + 1);
  if (rows.length < 400) return rows;
  const kept: Row[] = [];
  let column = Number.NaN;
  for (const row of rows) {
    const pixel = Math.round(columnsPerPixel * sx(row.x));
    if (pixel === column) kept.pop();
    column = pixel;
    kept.push(row);
  }
  return kept;
}

function round(pixel: number): number {
  return Math.round(pixel * 10) / 10;
}
