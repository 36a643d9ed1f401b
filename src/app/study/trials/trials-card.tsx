import { Card } from "../../ui/card.tsx";
import { useRun } from "../state/services.tsx";
import type { TrialRow } from "./trial-rows.ts";
import { TrialTable } from "./trial-table.tsx";
import styles from "./trials.module.css";

/** All trials with a line that counts them. */
export function TrialsCard({
  rows,
  shown,
}: {
  readonly rows: readonly TrialRow[];
  readonly shown: string | undefined;
}) {
  const study = useRun((state) => state.study);
  const total = study?.populations.reduce((sum, { count }) => sum + count, 0) ?? 0;
  return (
    <Card
      title="Trials"
      note={countText(rows, total)}
      className={rows.length === 0 ? styles.none : styles.card}
    >
      {rows.length === 0 ? (
        <p className={styles.empty}>
          Every trained network becomes a row here: its error, its cost, its parameters.
        </p>
      ) : (
        <TrialTable rows={rows} shown={shown} />
      )}
    </Card>
  );
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
    [open, "cut short"],
    [Math.max(0, total - rows.length), "waiting"],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(" · ");
}
