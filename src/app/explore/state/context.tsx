import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { ExploredNetwork } from "../model/network.ts";
import type { ExploreState, ExploreStore } from "./explore-store.ts";

const ExploreContext = createContext<ExploreStore | undefined>(undefined);

export function ExploreProvider({
  store,
  children,
}: {
  readonly store: ExploreStore;
  readonly children: ReactNode;
}) {
  return <ExploreContext value={store}>{children}</ExploreContext>;
}

export function useExploreStore(): ExploreStore {
  const store = useContext(ExploreContext);
  if (store === undefined) throw new Error("the explore view is outside its ExploreProvider");
  return store;
}

export function useExplore<T>(select: (state: ExploreState) => T): T {
  return useStore(useExploreStore(), select);
}

/** The network of the knobs. */
export function useNetwork(): ExploredNetwork {
  return useExplore((state) => state.network);
}
