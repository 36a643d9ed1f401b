import { memo, useMemo } from "react";
import { trainingFigure } from "../../../charts/curve-charts.tsx";
import { formatPercent } from "../../../charts/format.ts";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import type { Finding } from "../../../engine/analysis/finding.ts";
import type { RankCorrelation } from "../../../engine/analysis/kendall.ts";
import { useStatistic } from "../../statistics/use-statistic.tsx";
import { Card } from "../../ui/card.tsx";
import { useView } from "../state/services.tsx";
import { bestRow, type TrialRow } from "../trials/trial-rows.ts";
import { PredictedTimesCard } from "./predicted-times-card.tsx";
import styles from "./results.module.css";
import type { Results } from "./use-results.ts";

/** Curves drawn at once. */
const mostCurves = 12;

export interface TrainingBoardProps {
  readonly results: Results;
  readonly rows: readonly TrialRow[];
}

/** How marked trials trained, and whether fewer epochs would have put the networks in the same order. */
export const TrainingBoard = memo(function TrainingBoard({ results, rows }: TrainingBoardProps) {
  const marked = useView((state) => state.marked);
  const stability = useStatistic("stability", results.groups, none);
  const shown = useMemo(() => {
    const own = rows.filter(({ id, epochs }) => marked.has(id) && epochs.length > 0);
    if (own.length > 0) return own.slice(0, mostCurves);
    return results.groups.flatMap(
      ({ name }) => bestRow(rows.filter(({ population }) => population === name)) ?? [],
    );
  }, [rows, marked, results]);
  const content = useMemo(
    () =>
      trainingFigure({
        trials: shown.map((row) => ({
          id: row.id,
          label: row.name,
          epochs: row.epochs,
          ...(results.groups.find(({ name }) => name === row.population)?.look ?? { color: row.color }),
        })),
        epochs: shown.reduce((most, { regime }) => Math.max(most, regime.epochs), 2),
        empty: "No trial with an epoch behind it yet.",
        description: `Test error per epoch of ${shown.map(({ name }) => name).join(", ")}.`,
      }),
    [shown, results],
  );
  const whose =
    marked.size === 0
      ? "the best of each population; mark trials to see theirs"
      : `${Math.min(marked.size, shown.length)} of ${marked.size} marked`;
  return (
    <div className={styles.board}>
      <FigureFrame
        title="Training curves"
        note={`test error, dashed training error; ${whose}`}
        source={results.source}
        content={content}
        height={330}
      />
      <Card title="Rank stability" note="Kendall’s τ: 1 is the same order of networks, 0 is unrelated">
        {stability.value?.map(({ name, value: { epochs, seeds } }) => (
          <div key={name} className={styles.stability}>
            <b>{name}</b>
            {epochs.found && reasonOfAll(epochs.value) !== undefined ? (
              <p className={styles.says}>{reasonOfAll(epochs.value)}</p>
            ) : epochs.found ? (
              <ul>
                {epochs.value.map(({ epoch, ofEpochs, correlation }) => (
                  <li key={epoch}>
                    after {epoch} of {ofEpochs} epochs:{" "}
                    {correlation.found ? tauText(correlation.value) : correlation.message}
                  </li>
                ))}
              </ul>
            ) : (
              <p className={styles.says}>{epochs.message}</p>
            )}
            {seeds.found &&
              seeds.value.map((one) => (
                <p key={one.seeds.join()} className={styles.says}>
                  seeds {one.seeds.join(" and ")}:{" "}
                  {one.correlation.found
                    ? `${tauText(one.correlation.value)}, noise ${formatPercent(one.noise, 2)}`
                    : one.correlation.message}
                </p>
              ))}
          </div>
        ))}
        {stability.failure !== undefined && (
          <p className={styles.reason} role="alert">
            {stability.failure}
          </p>
        )}
        {stability.value === undefined && stability.failure === undefined && (
          <p className={styles.says}>No trial to put in order yet.</p>
        )}
      </Card>
      <PredictedTimesCard results={results} rows={rows} />
    </div>
  );
});

function tauText({ tau, n }: RankCorrelation): string {
  return `τ = ${tau.toFixed(2)} (n = ${n})`;
}

/** Why no epoch has a correlation, where all have the same reason: said once. */
function reasonOfAll(epochs: readonly { readonly correlation: Finding<unknown> }[]): string | undefined {
  const reasons = new Set(
    epochs.map(({ correlation }) => (correlation.found ? undefined : correlation.message)),
  );
  const [first] = reasons;
  return reasons.size === 1 ? first : undefined;
}

const none = {};
