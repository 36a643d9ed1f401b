import { useLayoutEffect, useRef } from "react";
import type { Size } from "../chart-props.ts";
import { createCanvasPen } from "./markers.ts";
import { type Batch, ink, traceBatch } from "./points.ts";
import { useColorScheme } from "./use-color-scheme.ts";

/** More points than this are drawn on a canvas below the picture. */
export const canvasFrom = 2000;

/** The picture of `PointsPicture` on a canvas: thousands of points drawn anew within a frame. */
export function PointsCanvas(props: {
  readonly size: Size;
  readonly batches: readonly Batch[];
  readonly radius: number;
}) {
  const { size, batches, radius } = props;
  const ref = useRef<HTMLCanvasElement>(null);
  const scheme = useColorScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme gives the same variables other colours
  useLayoutEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d");
    if (canvas === null || !context) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    // Setting a size, even the same, makes a new bitmap.
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const colors = getComputedStyle(canvas);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    context.lineWidth = 0.8;
    context.strokeStyle = resolveColor(colors, "var(--panel)");
    const pen = createCanvasPen(context);
    for (const batch of batches) {
      context.globalAlpha = ink[batch.emphasis];
      context.fillStyle = resolveColor(colors, batch.group.color);
      context.beginPath();
      traceBatch(pen, batch, radius);
      context.fill();
      if (batch.emphasis === "selected") context.stroke();
    }
  }, [size.width, size.height, batches, radius, scheme]);
  return <canvas ref={ref} data-layer="points" style={{ position: "absolute", left: 0, top: 0, ...size }} />;
}

/** A canvas knows no CSS variables. */
function resolveColor(style: CSSStyleDeclaration, color: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
  return name === undefined ? color : style.getPropertyValue(name).trim();
}
