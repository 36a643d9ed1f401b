import { type KeyboardEvent, useState } from "react";
import { useServices } from "../study/state/services.tsx";
import hidden from "../ui/hidden.module.css";
import { DeleteRow, RenameRow } from "./row-forms.tsx";
import { RowMenu } from "./row-menu.tsx";
import styles from "./studies.module.css";
import type { Studies } from "./studies-store.ts";
import { bytesText, type Sorting, type SortKey, type StudyRow, whenText } from "./study-rows.ts";

export interface StudiesTableProps {
  readonly rows: readonly StudyRow[];
  readonly sorting: Sorting;
  readonly onSort: (key: SortKey) => void;
  /** Ids of the ticked ones. */
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  /** The study that the page shows. */
  readonly current: string | undefined;
  /** A run of this tab keeps the page where it is. */
  readonly locked: boolean;
  readonly studies: Studies;
  readonly onClose: () => void;
}

/** What a row asks for before it does it. */
export type Asking = { readonly id: string; readonly what: "rename" | "delete" } | undefined;

const columns: readonly { readonly key: SortKey; readonly label: string }[] = [
  { key: "name", label: "Study" },
  { key: "trials", label: "Trials" },
  { key: "state", label: "State" },
  { key: "when", label: "Last change" },
  { key: "size", label: "Size" },
];

/** One row a study. Arrow keys move through the names, Enter opens, F2 renames, Delete asks. */
export function StudiesTable(props: StudiesTableProps) {
  const { rows, sorting, onSort, chosen, onChoose } = props;
  const [asking, setAsking] = useState<Asking>();
  const choose = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    <div className={styles.box}>
      <table className={styles.table} aria-label="Studies">
        <thead>
          <tr>
            <th>
              <span className={hidden.hidden}>Chosen</span>
            </th>
            {columns.map(({ key, label }) => (
              <th
                key={key}
                data-column={key}
                aria-sort={sorting.key !== key ? "none" : sorting.descending ? "descending" : "ascending"}
              >
                <button type="button" onClick={() => onSort(key)}>
                  {label}
                  <span aria-hidden="true">
                    {sorting.key !== key ? "" : sorting.descending ? " ↓" : " ↑"}
                  </span>
                </button>
              </th>
            ))}
            <th>
              <span className={hidden.hidden}>Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.id}
              {...props}
              row={row}
              ticked={chosen.has(row.id)}
              onTick={() => choose(row.id)}
              asking={asking?.id === row.id ? asking.what : undefined}
              onAsk={(what) => setAsking(what === undefined ? undefined : { id: row.id, what })}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps extends StudiesTableProps {
  readonly row: StudyRow;
  readonly ticked: boolean;
  readonly onTick: () => void;
  readonly asking: "rename" | "delete" | undefined;
  readonly onAsk: (what: "rename" | "delete" | undefined) => void;
}

function Row({ row, ticked, onTick, asking, onAsk, current, locked, studies, onClose }: RowProps) {
  const { sweep, draft } = useServices();
  const { id, name, populations, settled, total, state, updatedAt, bytes, weightBytes } = row;
  const open = async () => {
    // The study under way is what the page shows already.
    if (!locked) {
      const study = await sweep.open(id);
      if (study !== undefined) draft.getState().replace(study);
    }
    onClose();
  };
  const blocked = locked && id !== current;
  return (
    <tr data-study={id} {...(id === current ? { "aria-current": "true" as const } : {})}>
      <td data-column="chosen">
        <input type="checkbox" aria-label={`Choose ${name}`} checked={ticked} onChange={onTick} />
      </td>
      <td data-column="name">
        {asking === "rename" ? (
          <RenameRow
            name={name}
            onDone={(next) => {
              onAsk(undefined);
              if (next === undefined || next === name) return;
              void studies.rename(id, next).then(() => sweep.renamed(id, next));
            }}
          />
        ) : (
          <button
            type="button"
            className={styles.name}
            data-name
            disabled={blocked}
            title={blocked ? "Stop the run of this tab first" : "Open"}
            onClick={() => void open()}
            onKeyDown={(event) => moveBetween(event, onAsk)}
          >
            {name}
          </button>
        )}
        <span className={styles.populations}>{populations.join(", ")}</span>
        <span className={styles.narrow}>
          {settled} of {total} · {whenText(updatedAt)} · {bytesText(bytes)}
        </span>
      </td>
      <td data-column="trials">
        {settled} of {total}
      </td>
      <td data-column="state">
        <span className={styles.state} data-state={state}>
          {state}
        </span>
      </td>
      <td data-column="when">{whenText(updatedAt)}</td>
      <td data-column="size" title={`${bytesText(weightBytes)} of it weights`}>
        {bytesText(bytes)}
      </td>
      <td data-column="actions">
        {asking === "delete" ? (
          <DeleteRow
            row={row}
            onDone={(sure) => {
              onAsk(undefined);
              if (sure) void studies.remove(row).then(() => sweep.forgotten(id));
            }}
          />
        ) : (
          <RowMenu
            row={row}
            studies={studies}
            onOpen={blocked ? undefined : () => void open()}
            onAsk={onAsk}
          />
        )}
      </td>
    </tr>
  );
}

function moveBetween(event: KeyboardEvent<HTMLButtonElement>, onAsk: RowProps["onAsk"]): void {
  const { key, currentTarget } = event;
  if (key === "F2") onAsk("rename");
  else if (key === "Delete") onAsk("delete");
  else if (key === "ArrowDown" || key === "ArrowUp" || key === "Home" || key === "End") {
    const names = [...(currentTarget.closest("tbody")?.querySelectorAll<HTMLElement>("[data-name]") ?? [])];
    const at = names.indexOf(currentTarget);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: names.length - 1 }[key];
    names[Math.max(0, Math.min(names.length - 1, next))]?.focus();
  } else return;
  event.preventDefault();
}
