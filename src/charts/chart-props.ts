import type { Metric } from "./metric.ts";
import type { Selection } from "./selection.ts";

/** Width and height in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Props of every chart. A chart is drawn at the size it is told (`ChartCanvas` measures one in a page), needs no DOM while
 * it renders, and so renders with react-dom/server too.
 */
export interface ChartProps {
  readonly size: Size;
  /** What the picture says, in a sentence or two, for those who cannot see it. */
  readonly description: string;
  /** Why there is nothing to see, in a sentence; drawn in place of marks where there are none. */
  readonly empty?: string | undefined;
  /** Without it the chart can be read but not brushed. */
  readonly selection?: Selection | undefined;
  /** A picture for a file or a report: plain SVG, no canvas, nothing that answers to a pointer. */
  readonly still?: boolean | undefined;
}

/** Shapes that tell populations apart where colours do not. */
export type MarkerShape =
  | "circle"
  | "square"
  | "diamond"
  | "triangle"
  | "cross"
  | "plus"
  | "ring"
  | "triangle-down";

/** How a population looks in every chart: colour first, dashes and shapes as the second channel. */
export interface Look {
  /** Any CSS colour, var(--pop-1) for one. */
  readonly color: string;
  /** SVG stroke-dasharray; undefined is a solid line. */
  readonly dash?: string | undefined;
  /** Undefined is a circle. */
  readonly marker?: MarkerShape | undefined;
}

/** A population as charts of points know it. */
export interface Group extends Look {
  readonly id: string;
  readonly label: string;
}

/** One trial as a point. Values that are not finite are left out and counted by the chart. */
export interface PointRow {
  /** The trial's id. */
  readonly id: string;
  /** The `id` of a `Group`. */
  readonly group: string;
  /** What a reader calls the trial: "RegNetX 8". */
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** What an axis shows. */
export interface AxisProps {
  readonly metric: Metric;
  /** `log` needs positive values; others are left out and counted. */
  readonly scale?: "linear" | "log" | undefined;
  /** Ends of the axis; undefined: round numbers around the rows. */
  readonly domain?: readonly [from: number, to: number] | undefined;
}
