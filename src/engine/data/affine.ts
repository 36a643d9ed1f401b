import { portableSinCos } from "../math/portable.ts";

/**
 * [a, b, tx, c, d, ty]: the point (x, y) of a new image shows the point (a·x + b·y + tx, c·x + d·y + ty) of the old one.
 * Points, not pixels: pixel (x, y) covers [x, x+1) × [y, y+1). Maps of images so run backwards: what moves the picture to
 * the right looks to the left.
 */
export type Affine = readonly [a: number, b: number, tx: number, c: number, d: number, ty: number];

export const identity: Affine = [1, 0, 0, 0, 1, 0];

/** First `first` is done to an image, then `second` to what came out: look up the point in `second`, then in `first`. */
export function followedBy(first: Affine, second: Affine): Affine {
  const [a, b, tx, c, d, ty] = first;
  const [e, f, ux, g, h, uy] = second;
  return [
    a * e + b * g,
    a * f + b * h,
    a * ux + b * uy + tx,
    c * e + d * g,
    c * f + d * h,
    c * ux + d * uy + ty,
  ];
}

/** Moves the picture `x` to the right and `y` down. */
export function shifted(x: number, y: number): Affine {
  return [1, 0, -x, 0, 1, -y];
}

/** Left and right exchanged. */
export function flipped(width: number): Affine {
  return [-1, 0, width, 0, 1, 0];
}

/** The whole image on another number of pixels. */
export function resized(
  from: { readonly width: number; readonly height: number },
  to: { readonly width: number; readonly height: number },
): Affine {
  return [from.width / to.width, 0, 0, 0, from.height / to.height, 0];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Rotated about its centre, counterclockwise as seen. @param angle radians, at most π/2 either way. */
export function rotated({ width, height }: Size, angle: number): Affine {
  const { sin, cos } = portableSinCos(angle);
  return about(width / 2, height / 2, cos, -sin, sin, cos);
}

/** Sheared about its centre: x moves by `x` pixels for every line, y by `y` for every column. */
export function sheared({ width, height }: Size, x: number, y: number): Affine {
  return about(width / 2, height / 2, 1, x, y, 1);
}

/** The linear map that leaves a point where it is. */
function about(x: number, y: number, a: number, b: number, c: number, d: number): Affine {
  return [a, b, x - a * x - b * y, c, d, y - c * x - d * y];
}
