import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import { createDatasetsStore, type DatasetsState, type DatasetsStore } from "./datasets-store.ts";

/** Outside of a provider (figures, tests of single components) there are the data sets of the catalogue alone. */
const catalogueOnly = createDatasetsStore({
  list: async () => [],
  remove: async () => {},
  isServed: async () => false,
});

const DatasetsContext = createContext<DatasetsStore>(catalogueOnly);

export function DatasetsProvider({
  store,
  children,
}: {
  readonly store: DatasetsStore;
  readonly children: ReactNode;
}) {
  return <DatasetsContext value={store}>{children}</DatasetsContext>;
}

export function useDatasetsStore(): DatasetsStore {
  return useContext(DatasetsContext);
}

export function useDatasets<T>(select: (state: DatasetsState) => T): T {
  return useStore(useDatasetsStore(), select);
}
