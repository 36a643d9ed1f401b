import { memo, useMemo } from "react";
import { ChartCanvas } from "../../../charts/chart-canvas.tsx";
import { EdfChart } from "../../../charts/edf/edf-chart.tsx";
import { formatPercent } from "../../../charts/format.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import type { Trial } from "../../../engine/sweep/trial.ts";
import { Card } from "../../ui/card.tsx";
import type { TrialRow } from "../trials/trial-rows.ts";
import { edfCurve, populationErrors } from "./edf-curves.ts";
import { EmptyPicture } from "./empty-picture.tsx";
import styles from "./picture.module.css";
import { verdictOf } from "./verdict.ts";

export interface EdfCardProps {
  readonly study: Study | undefined;
  readonly trials: ReadonlyMap<string, Trial>;
  readonly selected: TrialRow | undefined;
}

/** The picture of the study: the error distributions of its populations, and what they say. */
export const EdfCard = memo(function EdfCard({ study, trials, selected }: EdfCardProps) {
  const populations = useMemo(
    () => (study === undefined ? [] : populationErrors(study, trials.values())),
    [study, trials],
  );
  const curves = useMemo(() => populations.map(edfCurve), [populations]);
  const verdict = useMemo(() => verdictOf(populations), [populations]);
  const shown = selected?.status === "done" ? selected.id : undefined;
  const marked = useMemo(() => new Set(shown === undefined ? [] : [shown]), [shown]);
  const empty = curves.every((curve) => curve.n === 0);

  return (
    <Card
      title="Error distribution"
      note="share of networks with test error below x; 95% bands"
      className={empty ? styles.growing : styles.card}
    >
      <div className={styles.chart}>
        {/* Drawn while it is still empty: the first trained network then only adds a curve to it. */}
        <ChartCanvas>
          {(size) => (
            <EdfChart
              size={size}
              curves={curves}
              description={
                empty ? "Error distribution functions: no network is trained yet." : describe(curves)
              }
              marked={marked}
            />
          )}
        </ChartCanvas>
        {empty && <EmptyPicture />}
      </div>
      {verdict !== undefined && (
        <p className={styles.verdict} role="status" data-testid="verdict">
          <b>{verdict.claim}</b> {verdict.evidence}
        </p>
      )}
    </Card>
  );
});

function describe(curves: ReturnType<typeof edfCurve>[]): string {
  const parts = curves
    .filter((curve) => curve.n > 0)
    .map(
      ({ label, n, min, mean }) =>
        `${label}: ${n} networks, lowest ${formatPercent(min)}, mean ${formatPercent(mean)}`,
    );
  return `Error distribution functions. ${parts.join("; ")}. Further left is better.`;
}
