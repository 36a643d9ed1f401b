import { createStore } from "zustand/vanilla";

/** What the user looks at; lives in the URL where it makes sense to share it. */
export interface ViewState {
  /** Id of the trial the user chose; undefined shows the best one. */
  readonly selected: string | undefined;
  /** What was wrong with the address the page was opened by. */
  readonly badLink: string | undefined;
}

export type ViewStore = ReturnType<typeof createViewStore>;

export function createViewStore(initial: Partial<ViewState> = {}) {
  return createStore<ViewState>()(() => ({ selected: undefined, badLink: undefined, ...initial }));
}
