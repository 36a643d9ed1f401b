import { createStore } from "zustand/vanilla";
import type { AddressBar } from "../study/state/session.ts";

/** Views of the page; the first part of the address behind the "#" names one: `#/explore?…`. */
export const viewNames = ["explore", "study"] as const;
export type ViewName = (typeof viewNames)[number];

export interface Route {
  readonly view: ViewName;
  /** The last address of each view: leaving one and coming back restores it. */
  readonly addresses: Readonly<Record<ViewName, string>>;
}

/** The window's own address, or what stands in for it in a test. */
export interface Location {
  readonly read: () => string;
  readonly replace: (hash: string) => void;
  readonly push: (hash: string) => void;
  readonly onChange: (listener: () => void) => void;
}

/** Shares the one address between the views: each reads and writes its own. */
export function createRouter(location: Location) {
  const first = location.read();
  const view = viewOf(first);
  const store = createStore<Route>()(() => ({
    view,
    addresses: { explore: "#/explore", study: "#/study", ...(first.includes("?") ? { [view]: first } : {}) },
  }));
  const listeners = new Map<ViewName, (() => void)[]>(viewNames.map((name) => [name, []]));

  location.onChange(() => {
    const hash = location.read();
    const next = viewOf(hash);
    const { addresses } = store.getState();
    // A bare "#/study" means the view as it was left.
    if (!hash.includes("?")) {
      store.setState({ view: next });
      if (addresses[next].includes("?")) location.replace(addresses[next]);
      return;
    }
    store.setState({ view: next, addresses: { ...addresses, [next]: hash } });
    for (const listener of listeners.get(next)!) listener();
  });

  return {
    store,
    /** The part of the address that is a view's own. */
    bar(name: ViewName): AddressBar {
      return {
        read: () => store.getState().addresses[name],
        write(hash) {
          const { view: shown, addresses } = store.getState();
          store.setState({ addresses: { ...addresses, [name]: hash } });
          if (shown === name) location.replace(hash);
        },
        onChange: (listener) => listeners.get(name)!.push(listener),
      };
    },
    go(name: ViewName) {
      store.setState({ view: name });
      location.push(store.getState().addresses[name]);
    },
  };
}

export type Router = ReturnType<typeof createRouter>;

export function viewOf(hash: string): ViewName {
  const name = /^#\/([a-z]+)/.exec(hash)?.[1];
  return viewNames.find((view) => view === name) ?? "study";
}
