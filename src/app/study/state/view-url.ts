import { everyTrial, isEveryTrial } from "../../../engine/analysis/trials/filter.ts";
import { formatFilter, parseFilter } from "../../../engine/analysis/trials/filter-text.ts";
import { observedMetric } from "../../../engine/analysis/trials/metrics.ts";
import { InputError, type InputProblem } from "../../../engine/math/input-error.ts";
import { type Axes, axisKeys, boards, plainResultsView, type ResultsView } from "./results-view.ts";
import { formatTrialSet, parseTrialSet, type TrialPlaces } from "./trial-set-text.ts";

/**
 * The part of the study's address that says what is looked at, beside the study itself:
 * `&show=scatter&only=status:done&x=params&marked=0.3.5-9&at=1.2`. What is as usual is left out.
 */
export const viewKeys = ["show", "only", ...axisKeys, "marked", "at"] as const;

/** Query of the view, with a "&" before it; empty for the usual one. */
export function encodeView(view: ResultsView, places: TrialPlaces): string {
  const query = new URLSearchParams();
  if (view.board !== plainResultsView.board) query.set("show", view.board);
  // Of a study's own results there is one study: that condition has no place here.
  const filter = { ...view.filter, studies: [] };
  if (!isEveryTrial(filter)) query.set("only", formatFilter(filter));
  for (const key of axisKeys) {
    const metric = view.axes[key];
    if (metric !== undefined) query.set(key, metric);
  }
  const marked = formatTrialSet(view.marked, places);
  if (marked !== "") query.set("marked", marked);
  const at = view.selected === undefined ? "" : formatTrialSet([view.selected], places);
  if (at !== "") query.set("at", at);
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%7E", "~");
  return text === "" ? "" : `&${text}`;
}

export interface ReadView {
  readonly view: ResultsView;
  /** What could not be used; the usual stands in its place. */
  readonly problems: readonly InputProblem[];
}

/** Reads the view of a query; every part that cannot be used is named, the others count. */
export function decodeView(query: URLSearchParams, places: TrialPlaces): ReadView {
  const problems: InputProblem[] = [];
  const read = <T>(key: string, usual: T, parse: (text: string) => T): T => {
    const text = query.get(key);
    if (text === null) return usual;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems.map(({ message }) => ({ path: key, message })));
      return usual;
    }
  };
  const board = read("show", plainResultsView.board, (text) => oneOf(boards, text));
  const filter = read("only", everyTrial, parseFilter);
  const axes: Axes = Object.fromEntries(
    axisKeys.flatMap((key) => {
      const metric = read(key, undefined, metricOf);
      return metric === undefined ? [] : [[key, metric]];
    }),
  );
  const marked = read<ReadonlySet<string>>("marked", new Set(), (text) => parseTrialSet(text, places));
  const selected = read("at", undefined, (text): string | undefined => [...parseTrialSet(text, places)][0]);
  return { view: { board, filter, axes, marked, selected }, problems };
}

function oneOf<T extends string>(allowed: readonly T[], text: string): T {
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  throw new InputError([
    { path: "", message: `${JSON.stringify(text)} is not allowed; expected one of ${allowed.join(", ")}` },
  ]);
}

function metricOf(text: string): string | undefined {
  if (observedMetric(text) !== undefined) return text;
  throw new InputError([
    { path: "", message: `${JSON.stringify(text)} is no metric; expected flops, params, acts, depth, …` },
  ]);
}
