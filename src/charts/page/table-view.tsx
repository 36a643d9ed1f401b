import { cellText, type FigureTable } from "../figure/figure-table.ts";
import styles from "./figure-frame.module.css";

/** Rows beyond these are in the CSV: a table of tens of thousands would freeze the page. */
const most = 2000;

/** The rows of a figure as a table, in a region that scrolls by keys too. */
export function TableView({ table, caption }: { readonly table: FigureTable; readonly caption: string }) {
  const { columns, rows } = table;
  const isNumber = columns.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className={styles.scroll} tabIndex={0} aria-label={caption}>
      <table className={styles.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, label }, column) => (
              <th key={key} scope="col" className={isNumber[column] ? styles.number : undefined}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name and keep no state
            <tr key={i}>
              {columns.map((column, at) => (
                <td key={column.key} className={isNumber[at] ? styles.number : undefined}>
                  {cellText(column, row[at])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <p className={styles.more}>
          The first {most} of {rows.length} rows; the CSV has all.
        </p>
      )}
    </section>
  );
}
