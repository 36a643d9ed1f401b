/** The plot: where marks are drawn. Pixels of the picture. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What marks are placed with. */
export interface Plot {
  readonly area: Area;
  readonly sx: (value: number) => number;
  readonly sy: (value: number) => number;
}

/** Tenths of pixels. */
export function px(pixel: number): number {
  return Math.round(10 * pixel) / 10;
}
