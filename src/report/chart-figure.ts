import { renderToStaticMarkup } from "react-dom/server";
import type { Size } from "../charts/chart-props.ts";
import { captionOf, type FigureContent, type FigureSource } from "../charts/figure/figure.ts";
import { cellText } from "../charts/figure/figure-table.ts";
import type { ReportFigure } from "./figure-html.ts";

/** Pixels of a picture; the page scales it down where it is narrower. */
const size: Size = { width: 580, height: 360 };

/** A chart of the page as a picture of a report: the same component, drawn still, its colours left to the page. */
export function chartFigure(title: string, content: FigureContent, source: FigureSource): ReportFigure {
  const { columns, rows } = content.table();
  return {
    title,
    svg: renderToStaticMarkup(content.draw(size, true)),
    caption: captionOf(source),
    table: {
      heads: columns.map(({ label }) => label),
      rows: rows.map((row) => row.map((cell, i) => cellText(columns[i]!, cell))),
    },
  };
}
