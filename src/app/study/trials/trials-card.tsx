import { totalTrials } from "../../../engine/sweep/scheduling.ts";
import { Card } from "../../ui/card.tsx";
import { useRun, useView } from "../state/services.tsx";
import { countText } from "./count-text.ts";
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
