/** The rows of a figure as a table: what assistive technology reads, and the CSV. */
export interface FigureTable {
  readonly columns: readonly FigureColumn[];
  /** A cell a column; undefined is "no value", not zero. */
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | undefined;

export interface FigureColumn {
  /** Heading of the table. */
  readonly label: string;
  /** Name in the CSV: letters, digits and underscores, the unit included where there is one. */
  readonly key: string;
  /** A number as the table shows it; the CSV keeps all its digits. */
  readonly format?: ((value: number) => string) | undefined;
}

export function cellText({ format }: FigureColumn, cell: Cell): string {
  if (cell === undefined) return "–";
  if (typeof cell === "string") return cell;
  return format === undefined ? String(cell) : format(cell);
}

/**
 * CSV (RFC 4180): a header line, CRLF between lines, quotes where a field has a comma, a quote or a line break. The caption
 * stands first, as lines that begin with "# ", so that a file tells of which study it is; pandas and R skip them with
 * comment="#". Values that are missing or not finite are empty fields.
 */
export function tableCsv({ columns, rows }: FigureTable, caption: readonly string[] = []): string {
  const lines = [
    ...caption.map((line) => `# ${line.replaceAll(/[\r\n]+/g, " ")}`),
    columns.map(({ key }) => field(key)).join(","),
    ...rows.map((row) => row.map(csvCell).join(",")),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  // A spreadsheet would run a name that begins like a formula.
  return field(/^[=+\-@\t]/.test(cell) ? `'${cell}` : cell);
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
