import { useMemo } from "react";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { predictionFigure } from "../../../charts/prediction-chart.tsx";
import {
  factorText,
  predictedTimes,
  predictedTimesSentence,
} from "../../../engine/analysis/predicted-times.ts";
import { passes } from "../../../engine/analysis/trials/filter.ts";
import { useView } from "../state/services.tsx";
import type { TrialRow } from "../trials/trial-rows.ts";
import styles from "./results.module.css";
import { chartGroups } from "./rows.ts";
import { type Results, useSelection } from "./use-results.ts";

export interface PredictedTimesCardProps {
  readonly results: Results;
  /** Single trials, each seed of a network one. */
  readonly rows: readonly TrialRow[];
}

/** How far the cost model was off: what was predicted against what it took. Nothing before a time was predicted. */
export function PredictedTimesCard({ results, rows }: PredictedTimesCardProps) {
  const filter = useView((state) => state.filter);
  const selection = useSelection();
  const times = useMemo(
    () =>
      predictedTimes(rows.flatMap(({ observation }) => (passes(observation, filter) ? [observation] : []))),
    [rows, filter],
  );
  const groups = useMemo(() => chartGroups(results), [results]);
  const content = useMemo(
    () =>
      times.found &&
      predictionFigure({
        times: times.value,
        factorText: factorText(times.value.factor),
        groups,
        selection,
      }),
    [times, groups, selection],
  );
  if (!times.found || !content) return null;
  return (
    <FigureFrame
      title="Predicted times"
      note="what the time left rests on"
      source={{ ...results.source, n: times.value.n }}
      content={content}
      height={300}
    >
      <p className={styles.says}>{predictedTimesSentence(times.value)}</p>
    </FigureFrame>
  );
}
