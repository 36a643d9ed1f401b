import { createStore } from "zustand/vanilla";
import type { AddressBar } from "../study/state/session.ts";

/** Views of the page; the first part of the address behind the "#" names one: `#/explore?…`. */
export const viewNames = ["explore", "study", "compare"] as const;
export type ViewName = (typeof viewNames)[number];

export interface Route {
  readonly view: ViewName;
  /** The last address of each view: leaving one and coming back restores it. */
  readonly addresses: Readonly<Record<ViewName, string>>;
  /** What the address names and no view is called; the study is shown in its place. */
  readonly unknownView: string | undefined;
}

/** The window's own address, or what stands in for it in a test. */
export interface PageLocation {
  read(): string;
  replace(hash: string): void;
  push(hash: string): void;
  onChange(listener: () => void): void;
}

/** Shares the one address between the views: each reads and writes its own. */
export function createRouter(location: PageLocation) {
  /** The address as this router last saw or set it. */
  let known = location.read();
  const view = viewOf(known);
  const store = createStore<Route>()(() => ({
    view,
    addresses: {
      explore: "#/explore",
      study: "#/study",
      compare: "#/compare",
      ...(known.includes("?") ? { [view]: known } : {}),
    },
    unknownView: unknownViewOf(known),
  }));
  const listeners = new Map<ViewName, (() => void)[]>(viewNames.map((name) => [name, []]));

  const replace = (hash: string) => {
    known = hash;
    location.replace(hash);
  };

  location.onChange(() => {
    known = location.read();
    const next = viewOf(known);
    const unknownView = unknownViewOf(known);
    const { addresses } = store.getState();
    // A bare "#/study" means the view as it was left.
    if (!known.includes("?")) {
      store.setState({ view: next, unknownView });
      if (addresses[next].includes("?")) replace(addresses[next]);
      return;
    }
    store.setState({ view: next, addresses: { ...addresses, [next]: known }, unknownView });
    for (const listener of listeners.get(next)!) listener();
  });

  return {
    store,
    /** The part of the address that is a view's own. */
    bar(name: ViewName): AddressBar {
      return {
        read: () => store.getState().addresses[name],
        write(hash) {
          // The user has just gone elsewhere, and the notice of it is under way: that address must not be overwritten.
          if (location.read() !== known) return;
          const { view: shown, addresses } = store.getState();
          store.setState({ addresses: { ...addresses, [name]: hash } });
          if (shown === name) replace(hash);
        },
        onChange: (listener) => listeners.get(name)!.push(listener),
      };
    },
    go(name: ViewName) {
      known = store.getState().addresses[name];
      store.setState({ view: name, unknownView: undefined });
      location.push(known);
    },
    dismissUnknownView() {
      store.setState({ unknownView: undefined });
    },
  };
}

export type Router = ReturnType<typeof createRouter>;

export function viewOf(hash: string): ViewName {
  const name = nameIn(hash);
  return viewNames.find((view) => view === name) ?? "study";
}

/** The name in an address that no view has; undefined where the address names a view or none. */
export function unknownViewOf(hash: string): string | undefined {
  const name = nameIn(hash);
  return name === "" || name === viewOf(hash) ? undefined : name;
}

/** What an address has in the place of a view's name. */
function nameIn(hash: string): string {
  return /^#\/?([^/?]*)/.exec(hash)?.[1] ?? "";
}
