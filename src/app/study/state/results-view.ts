import { everyTrial, type TrialFilter } from "../../../engine/analysis/trials/filter.ts";

/** Boards of the results, one a question that is asked of a study. */
export const boards = ["edf", "scatter", "parameters", "trends", "training", "search"] as const;
export type Board = (typeof boards)[number];

/** Axes by the keys of their metrics: x and y of the scatter, hx and hy of the heat map. */
export const axisKeys = ["x", "y", "hx", "hy"] as const;
export type Axes = Readonly<Partial<Record<(typeof axisKeys)[number], string>>>;

/** What of a study's results is looked at; all of it lives in the address. */
export interface ResultsView {
  readonly board: Board;
  readonly filter: TrialFilter;
  readonly axes: Axes;
  /** Ids of the trials that are marked in every view; empty marks none, and fades none. */
  readonly marked: ReadonlySet<string>;
  /** Id of the trial whose network is shown; undefined shows the best one. */
  readonly selected: string | undefined;
}

export const plainResultsView: ResultsView = {
  board: "edf",
  filter: everyTrial,
  axes: {},
  marked: new Set(),
  selected: undefined,
};

export function isPlainView({ board, filter, axes, marked, selected }: ResultsView): boolean {
  return (
    board === plainResultsView.board &&
    filter.populations.length + filter.statuses.length + Object.keys(filter.ranges).length === 0 &&
    Object.keys(axes).length === 0 &&
    marked.size === 0 &&
    selected === undefined
  );
}
