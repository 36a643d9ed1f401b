import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { MathSymbol } from "../../ui/symbol.tsx";
import { useServices, useView } from "../state/services.tsx";
import { firstDirection, type Sort, sortRows, type TrialColumn, trialColumns } from "./trial-columns.ts";
import type { TrialRow } from "./trial-rows.ts";
import { TrialTableRow } from "./trial-table-row.tsx";
import styles from "./trials.module.css";
import { useRowsInView } from "./use-rows-in-view.ts";

const rowHeight = 31;

/** Trials as a grid: every column sorts, arrow keys move the selection. */
export function TrialTable({
  rows,
  shown,
}: {
  readonly rows: readonly TrialRow[];
  readonly shown: string | undefined;
}) {
  const { actions } = useServices();
  const marked = useView((state) => state.marked);
  const [sort, setSort] = useState<Sort>({ key: "error", direction: "ascending" });
  const box = useRef<HTMLDivElement>(null);
  const sorted = sortRows(rows, sort);
  const { from, to } = useRowsInView(box, sorted.length, rowHeight);
  const current = shown;
  const drawn = sorted.slice(from, to);
  // Tab reaches one row: the selected one, or the first in view while that is scrolled away.
  const focusable = drawn.some((row) => row.id === current) ? current : drawn[0]?.id;
  // A row that keys move to may be drawn only after the box has scrolled to it; it takes the focus when it is there.
  const awaited = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (awaited.current === undefined) return;
    const row = box.current?.querySelector<HTMLElement>(`[aria-rowindex="${awaited.current + 2}"]`);
    if (!row) return;
    awaited.current = undefined;
    row.focus({ preventScroll: true });
  });

  const choose = (row: TrialRow, adding = false) =>
    adding ? actions.toggle(row.id) : actions.choose(row.id);
  const move = (event: KeyboardEvent, row: TrialRow) => {
    const at = sorted.indexOf(row);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: sorted.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") choose(row, event.key === " " && event.ctrlKey);
    else if (event.key === "Escape") actions.clear();
    else if (next === undefined) return;
    else {
      const target = sorted[Math.min(sorted.length - 1, Math.max(0, next))];
      if (target !== undefined) {
        awaited.current = sorted.indexOf(target);
        scrollToRow(box.current, awaited.current);
        choose(target);
      }
    }
    event.preventDefault();
  };
  const sortBy = (column: TrialColumn) =>
    setSort(({ key, direction }) =>
      key === column.key
        ? { key, direction: direction === "ascending" ? "descending" : "ascending" }
        : { key: column.key, direction: firstDirection(column) },
    );

  return (
    <div className={styles.box} ref={box}>
      <table
        className={styles.table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose rows can be moved through and selected
        role="grid"
        aria-label="Trials"
        aria-multiselectable="true"
        aria-rowcount={sorted.length + 1}
        onPointerLeave={() => actions.onHover(undefined)}
      >
        <thead>
          <tr>
            {trialColumns.map((column) => (
              <ColumnHead key={column.key} column={column} sort={sort} onSort={() => sortBy(column)} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={from * rowHeight} />
          {drawn.map((row, i) => (
            <TrialTableRow
              key={row.id}
              row={row}
              rowIndex={from + i + 2}
              selected={marked.size === 0 ? row.id === current : marked.has(row.id)}
              current={row.id === current}
              focusable={row.id === focusable}
              onChoose={choose}
              onMove={move}
            />
          ))}
          <Spacer height={(sorted.length - to) * rowHeight} />
        </tbody>
      </table>
    </div>
  );
}

interface ColumnHeadProps {
  readonly column: TrialColumn;
  readonly sort: Sort;
  readonly onSort: () => void;
}

function ColumnHead({ column, sort, onSort }: ColumnHeadProps) {
  const sorted = sort.key === column.key ? sort.direction : undefined;
  return (
    <th scope="col" data-rank={column.rank} aria-sort={sorted ?? "none"}>
      <button type="button" onClick={onSort} title={`${column.label}: ${column.hint}`}>
        {column.symbol === undefined ? column.label : <MathSymbol text={column.symbol} />}
        <span className={styles.arrow} aria-hidden="true">
          {sorted === undefined ? "" : sorted === "ascending" ? "↑" : "↓"}
        </span>
      </button>
    </th>
  );
}

/** Stands for the rows that are scrolled out of view. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr className={styles.spacer}>
      <td colSpan={trialColumns.length} style={{ height }} />
    </tr>
  );
}

function scrollToRow(box: HTMLElement | null, index: number): void {
  if (box === null) return;
  const top = index * rowHeight;
  const head = 30;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + box.clientHeight - head)
    box.scrollTop = top + rowHeight - box.clientHeight + head;
}
