import { escapeHtml, type ReportTable, tableHtml } from "./html.ts";

/** A picture of a report with the rows that it shows. */
export interface ReportFigure {
  readonly title: string;
  /** An svg element that names its colours by the page's variables. */
  readonly svg: string;
  /** Study, n, regime. */
  readonly caption: string;
  readonly table: Omit<ReportTable, "caption">;
}

/** Rows of a figure's table that are written out; a report of 2,000 trials would else be mostly tables. */
const mostRows = 500;

export function figureHtml({ title, svg, caption, table }: ReportFigure): string {
  const rows = table.rows.slice(0, mostRows);
  const left = table.rows.length - rows.length;
  const note = left > 0 ? `; ${left} more rows are in analyze --json` : "";
  return `<figure>
<h3>${escapeHtml(title)}</h3>
${svg}
<figcaption>${escapeHtml(caption)}</figcaption>
<details><summary>Data</summary>${tableHtml({ ...table, rows, caption: `${title}: ${caption}${note}` })}</details>
</figure>`;
}
