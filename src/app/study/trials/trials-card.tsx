import { totalTrials } from "../../../engine/sweep/scheduling.ts";
import { Card } from "../../ui/card.tsx";
import { useRun, useView } from "../state/services.tsx";
import type { TrialRow } from "./trial-rows.ts";
import { TrialTable } from "./trial-table.tsx";
import styles from "./trials.module.css";

/** All trials with a line that counts them. */
export function TrialsCard({
  rows,
  all,
  shown,
}: {
  /** Those that pass the filter. */
  readonly rows: readonly TrialRow[];
  readonly all: readonly TrialRow[];
  readonly shown: string | undefined;
}) {
  const study = useRun((state) => state.study);
  const total = study ? totalTrials(study) : 0;
  return (
    <Card
      title="Trials"
      note={<Counts rows={rows} all={all} total={total} />}
      className={all.length === 0 ? styles.none : styles.card}
    >
      {all.length === 0 ? (
        <p className={styles.empty}>
          Every trained network becomes a row here: its error, its cost, its parameters.
        </p>
      ) : rows.length === 0 ? (
        <p className={styles.empty}>No trial passes the filter.</p>
      ) : (
        <TrialTable rows={rows} shown={shown} />
      )}
    </Card>
  );
}

function Counts({
  rows,
  all,
  total,
}: {
  readonly rows: readonly TrialRow[];
  readonly all: readonly TrialRow[];
  readonly total: number;
}) {
  const marked = useView(({ marked }) => marked);
  const shownMarks = rows.filter(({ id }) => marked.has(id)).length;
  const counts =
    rows.length === all.length ? countText(rows, total) : `${rows.length} of ${all.length} shown`;
  return shownMarks > 1 ? `${counts} · ${shownMarks} marked` : counts;
}

/** `141 done · 2 diverged · 49 waiting`: only what there is. */
function countText(rows: readonly TrialRow[], total: number): string {
  const count = (status: TrialRow["status"]) => rows.filter((row) => row.status === status).length;
  const open = rows.filter((row) => row.status === "stopped" || row.status === "interrupted").length;
  const parts = [
    [count("done"), "done"],
    [count("training"), "training"],
    [count("diverged"), "diverged"],
    [count("failed"), "failed"],
    [count("cut"), "cut"],
    [open, "not finished"],
    [Math.max(0, total - rows.length), "waiting"],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(" · ");
}
