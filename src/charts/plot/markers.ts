import type { MarkerShape } from "../chart-props.ts";

/** What both a canvas and a path of SVG can be told. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  /** A whole circle, clockwise from its right end. */
  circle(x: number, y: number, r: number): void;
  closePath(): void;
}

/** Collects the `d` of an SVG path, in tenths of pixels. */
export function createPathPen(): Pen & { readonly d: () => string } {
  const parts: string[] = [];
  return {
    moveTo: (x, y) => parts.push(`M${px(x)} ${px(y)}`),
    lineTo: (x, y) => parts.push(`L${px(x)} ${px(y)}`),
    circle: (x, y, r) =>
      parts.push(`M${px(x + r)} ${px(y)}a${r} ${r} 0 1 1 ${-2 * r} 0a${r} ${r} 0 1 1 ${2 * r} 0`),
    closePath: () => parts.push("Z"),
    d: () => parts.join(""),
  };
}

export function createCanvasPen(context: CanvasRenderingContext2D): Pen {
  return {
    moveTo: (x, y) => context.moveTo(x, y),
    lineTo: (x, y) => context.lineTo(x, y),
    circle: (x, y, r) => {
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, 2 * Math.PI);
    },
    closePath: () => context.closePath(),
  };
}

/** Draws a marker about its centre; all shapes cover about the area of the circle of radius r. */
export function traceMarker(pen: Pen, shape: MarkerShape | undefined, x: number, y: number, r: number): void {
  if (shape === undefined || shape === "circle") pen.circle(x, y, r);
  else if (shape === "ring") {
    pen.circle(x, y, r * 1.15);
    // Run the other way around, so that the inner circle is a hole.
    polygon(pen, x, y, r * 0.6, hole);
  } else polygon(pen, x, y, r, corners[shape]);
}

type Corners = readonly (readonly [x: number, y: number])[];

const square: Corners = [
  [-0.89, -0.89],
  [0.89, -0.89],
  [0.89, 0.89],
  [-0.89, 0.89],
];
const diamond: Corners = [
  [0, -1.3],
  [1.3, 0],
  [0, 1.3],
  [-1.3, 0],
];
const triangle: Corners = [
  [0, -1.4],
  [1.25, 0.85],
  [-1.25, 0.85],
];
const triangleDown: Corners = triangle.map(([x, y]) => [x, -y]);
const arm = 0.42;
const plus: Corners = [
  [-arm, -1.25],
  [arm, -1.25],
  [arm, -arm],
  [1.25, -arm],
  [1.25, arm],
  [arm, arm],
  [arm, 1.25],
  [-arm, 1.25],
  [-arm, arm],
  [-1.25, arm],
  [-1.25, -arm],
  [-arm, -arm],
];
const cross: Corners = plus.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]);
/** Counter-clockwise on the screen. */
const hole: Corners = Array.from({ length: 12 }, (_, i) => {
  const angle = (-2 * Math.PI * i) / 12;
  return [Math.cos(angle), Math.sin(angle)];
});

const corners: Readonly<Record<Exclude<MarkerShape, "circle" | "ring">, Corners>> = {
  square,
  diamond,
  triangle,
  "triangle-down": triangleDown,
  plus,
  cross,
};

function polygon(pen: Pen, x: number, y: number, r: number, around: Corners): void {
  around.forEach(([dx, dy], i) => {
    if (i === 0) pen.moveTo(x + r * dx, y + r * dy);
    else pen.lineTo(x + r * dx, y + r * dy);
  });
  pen.closePath();
}

function px(pixel: number): number {
  return Math.round(10 * pixel) / 10;
}
