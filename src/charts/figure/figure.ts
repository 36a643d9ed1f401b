import type { ReactElement } from "react";
import type { Size } from "../chart-props.ts";
import type { FigureTable } from "./figure-table.ts";

/**
 * A chart with the rows that it shows. Each chart's module makes one of its props (`edfFigure`, `scatterFigure`), and the
 * page's frame, files and the command line's report all take it.
 */
export interface FigureContent {
  /** What chart it is: part of file names. */
  readonly kind: string;
  readonly draw: (size: Size, still: boolean) => ReactElement;
  /** Pixels that it takes to be readable at this width, where that depends on it. */
  readonly leastHeight?: (width: number) => number;
  /** Called when somebody wants to see or save it. */
  readonly table: () => FigureTable;
}

/** What a chart's props are before it is told its size. */
export type Unsized<Props extends { readonly size: Size }> = Omit<Props, "size" | "still">;

/** Where the rows come from; stands below every figure that leaves the page. */
export interface FigureSource {
  /** Name of the study, or of the studies compared. */
  readonly study: string;
  /** Number of networks. */
  readonly n: number;
  /** The regime in a few words: "fashion-mnist, 2048 images × 3 epochs, batch 32". */
  readonly regime: string;
}

export function captionOf({ study, n, regime }: FigureSource): string {
  return `${study} · n = ${n} · ${regime}`;
}

/** study-chart: lower case, of letters, digits and hyphens. */
export function fileStem(source: FigureSource, kind: string): string {
  const slug = source.study
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  return `${slug === "" ? "study" : slug}-${kind}`;
}
