import type { KeyboardEvent } from "react";
import { type Board, boards } from "../state/results-view.ts";
import { useServices, useView } from "../state/services.tsx";
import styles from "./results.module.css";

const labels: Readonly<Record<Board, string>> = {
  edf: "EDFs",
  scatter: "Scatter & Pareto",
  parameters: "Parameters",
  trends: "Trends",
  training: "Training",
  search: "Search",
};

export const panelId = "results-board";
export const tabId = (board: Board) => `results-tab-${board}`;

/** One board at a time; arrow keys move between them. */
export function BoardTabs() {
  const { actions } = useServices();
  const shown = useView((state) => state.board);
  const move = (event: KeyboardEvent) => {
    const at = boards.indexOf(shown);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: boards.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const board = boards[(next + boards.length) % boards.length]!;
    actions.show(board);
    document.getElementById(tabId(board))?.focus();
  };
  return (
    <div className={styles.tabs} role="tablist" aria-label="Results">
      {boards.map((board) => (
        <button
          key={board}
          id={tabId(board)}
          type="button"
          role="tab"
          aria-selected={board === shown}
          aria-controls={panelId}
          tabIndex={board === shown ? 0 : -1}
          onClick={() => actions.show(board)}
          onKeyDown={move}
        >
          {labels[board]}
        </button>
      ))}
    </div>
  );
}
