import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { CompareState, CompareStore } from "./compare-store.ts";

const CompareContext = createContext<CompareStore | undefined>(undefined);

export function CompareProvider({
  store,
  children,
}: {
  readonly store: CompareStore;
  readonly children: ReactNode;
}) {
  return <CompareContext value={store}>{children}</CompareContext>;
}

export function useCompareStore(): CompareStore {
  const store = useContext(CompareContext);
  if (store === undefined) throw new Error("the compare view is outside its CompareProvider");
  return store;
}

export function useCompare<T>(select: (state: CompareState) => T): T {
  return useStore(useCompareStore(), select);
}
