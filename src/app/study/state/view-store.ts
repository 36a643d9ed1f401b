import { createStore } from "zustand/vanilla";
import type { Selection } from "../../../charts/selection.ts";
import type { TrialFilter } from "../../../engine/analysis/trials/filter.ts";
import { type Axes, type Board, plainResultsView, type ResultsView } from "./results-view.ts";

/**
 * What the user looks at. Trials are known by their ids, never by places, so that a run that goes on moves no mark; all of
 * `ResultsView` lives in the address.
 */
export interface ViewState extends ResultsView {
  /** The trial under the pointer or the keyboard's mark, in whichever view. */
  readonly hovered: string | undefined;
  /** What was wrong with the address the page was opened by. */
  readonly badLink: string | undefined;
  /** What of the address could not be used although its study could. */
  readonly badView: string | undefined;
}

export type ViewStore = ReturnType<typeof createViewStore>;

export function createViewStore(initial: Partial<ViewState> = {}) {
  return createStore<ViewState>()(() => ({
    ...plainResultsView,
    hovered: undefined,
    badLink: undefined,
    badView: undefined,
    ...initial,
  }));
}

/** What views may do with it. */
export interface ViewActions extends Pick<Selection, "onSelect" | "onHover"> {
  /** Shows a trial's network: among several marked trials it only moves through them, else it is marked alone. */
  choose(id: string): void;
  /** Adds the trial to the marked ones, or takes it out. */
  toggle(id: string): void;
  clear(): void;
  show(board: Board): void;
  setFilter(filter: TrialFilter): void;
  setAxes(axes: Axes): void;
}

export function createViewActions(view: ViewStore): ViewActions {
  const mark = (marked: ReadonlySet<string>) =>
    view.setState(({ selected }) => ({
      marked,
      selected: marked.size === 1 ? [...marked][0] : marked.size === 0 ? undefined : selected,
    }));
  return {
    onSelect: mark,
    onHover(hovered) {
      if (view.getState().hovered !== hovered) view.setState({ hovered });
    },
    choose(id) {
      const { marked } = view.getState();
      view.setState(
        marked.size > 1 && marked.has(id) ? { selected: id } : { selected: id, marked: new Set([id]) },
      );
    },
    toggle(id) {
      const marked = new Set(view.getState().marked);
      if (!marked.delete(id)) marked.add(id);
      mark(marked);
      if (marked.has(id)) view.setState({ selected: id });
    },
    clear: () => mark(new Set()),
    show: (board) => view.setState({ board }),
    setFilter: (filter) => view.setState({ filter }),
    setAxes: (axes) => view.setState((state) => ({ axes: { ...state.axes, ...axes } })),
  };
}
