import { type KeyboardEvent, memo } from "react";
import { formatPercent } from "../../../charts/format.ts";
import { formatMetric } from "../../../charts/metric.ts";
import { useServices, useView } from "../state/services.tsx";
import { partialErrorText } from "./partial-error-text.ts";
import { trialColumns } from "./trial-columns.ts";
import type { TrialRow } from "./trial-rows.ts";
import styles from "./trials.module.css";

export interface TrialTableRowProps {
  readonly row: TrialRow;
  readonly rowIndex: number;
  readonly selected: boolean;
  /** Its network is the one that is shown. */
  readonly current: boolean;
  /** The one row that Tab reaches; arrow keys go on from there. */
  readonly focusable: boolean;
  /** `adding` marks it beside the others, or takes its mark. */
  readonly onChoose: (row: TrialRow, adding: boolean) => void;
  readonly onMove: (event: KeyboardEvent, row: TrialRow) => void;
}

export function TrialTableRow(props: TrialTableRowProps) {
  const { row, rowIndex, selected, current, focusable, onChoose, onMove } = props;
  const { actions } = useServices();
  const hovered = useView((state) => state.hovered === row.id);
  return (
    <tr
      aria-rowindex={rowIndex}
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      onClick={(event) => onChoose(row, event.ctrlKey || event.metaKey || event.shiftKey)}
      onPointerEnter={() => actions.onHover(row.id)}
      onKeyDown={(event) => onMove(event, row)}
      data-status={row.status}
      data-current={current || undefined}
      data-hovered={hovered || undefined}
    >
      <Cells row={row} />
    </tr>
  );
}

/** Cells change with the row alone; selecting another row does not draw them again. */
const Cells = memo(function Cells({ row }: { readonly row: TrialRow }) {
  return trialColumns.map((column) => {
    if (column.key === "name")
      return (
        <th key={column.key} scope="row">
          <span className={styles.name}>
            <i className={styles.chip} style={{ background: row.color }} />
            <span>{row.name}</span>
          </span>
        </th>
      );
    return (
      <td key={column.key} data-rank={column.rank} data-column={column.key}>
        {column.key === "status" ? (
          <StatusText row={row} />
        ) : column.key === "error" ? (
          <ErrorText row={row} />
        ) : (
          column.metric && formatMetric(column.metric, column.metric.of(row))
        )}
      </td>
    );
  });
});

export function StatusText({ row }: { readonly row: TrialRow }) {
  const text =
    row.status === "training"
      ? `epoch ${Math.min(row.epochs.length + 1, row.regime.epochs)}/${row.regime.epochs}`
      : row.status;
  return (
    <span className={styles.status} data-status={row.status} title={row.reason}>
      {text}
    </span>
  );
}

/** An error of a trial that is not at its end is not its result yet: quieter. */
function ErrorText({ row }: { readonly row: TrialRow }) {
  if (row.error === undefined) return <span className={styles.unknown}>–</span>;
  const text = formatPercent(row.error);
  if (row.status === "done") return <b>{text}</b>;
  return (
    <span className={styles.unknown} title={partialErrorText(row)}>
      {text}
    </span>
  );
}
