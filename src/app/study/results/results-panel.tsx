import { memo, useMemo } from "react";
import { observeAll } from "../../../engine/analysis/trials/observation.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import type { Trial } from "../../../engine/sweep/trial.ts";
import { useView } from "../state/services.tsx";
import type { TrialRow } from "../trials/trial-rows.ts";
import { BoardTabs, panelId, tabId } from "./board-tabs.tsx";
import { EdfBoard } from "./edf-board.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { ParametersBoard } from "./parameters-board.tsx";
import styles from "./results.module.css";
import { ScatterBoard } from "./scatter-board.tsx";
import { SearchBoard } from "./search-board.tsx";
import { TrainingBoard } from "./training-board.tsx";
import { TrendsBoard } from "./trends-board.tsx";
import { type Results, useResults } from "./use-results.ts";

export interface ResultsPanelProps {
  readonly study: Study | undefined;
  readonly trials: ReadonlyMap<string, Trial>;
  /** Rows of the table, those under way included. */
  readonly rows: readonly TrialRow[];
  /** Whose network is shown. */
  readonly shown: TrialRow | undefined;
}

/** What the study says, a board a question, all of one filter and one selection. */
export const ResultsPanel = memo(function ResultsPanel({ study, trials, rows, shown }: ResultsPanelProps) {
  const filter = useView((state) => state.filter);
  const board = useView((state) => state.board);
  const results = useResults(study, trials, filter);
  const all = useMemo(() => observeAll(trials.values()), [trials]);
  const populations = useMemo(() => study?.populations.map(({ name }) => name) ?? [], [study]);
  return (
    <div
      className={styles.panel}
      data-board={board}
      data-empty={results.observations.length === 0 || undefined}
    >
      <div className={styles.bar}>
        <BoardTabs />
        <FilterBar observations={all} populations={populations} />
      </div>
      <div id={panelId} role="tabpanel" aria-labelledby={tabId(board)} className={styles.content}>
        <BoardContent results={results} rows={rows} shown={shown} />
      </div>
    </div>
  );
});

function BoardContent({
  results,
  rows,
  shown,
}: {
  readonly results: Results;
  readonly rows: readonly TrialRow[];
  readonly shown: TrialRow | undefined;
}) {
  const board = useView((state) => state.board);
  switch (board) {
    case "edf":
      return <EdfBoard results={results} shown={shown} />;
    case "scatter":
      return <ScatterBoard results={results} />;
    case "parameters":
      return <ParametersBoard results={results} />;
    case "trends":
      return <TrendsBoard results={results} />;
    case "training":
      return <TrainingBoard results={results} rows={rows} />;
    case "search":
      return <SearchBoard results={results} />;
    default:
      throw new Error(`unknown board ${board satisfies never}`);
  }
}
