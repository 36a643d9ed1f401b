import { createDatasetsStore, type DatasetsStore } from "./datasets-store.ts";

/** The data sets of this browser, and of the page's own address. */
export function startDatasets(): DatasetsStore {
  // IndexedDB's library is loaded after the page is drawn.
  const open = async () => {
    const { DatasetStore } = await import("../../../engine/data/kept/dataset-store.ts");
    return new DatasetStore();
  };
  let opened: ReturnType<typeof open> | undefined;
  const kept = () => {
    opened ??= open();
    return opened;
  };
  const store = createDatasetsStore({
    list: async () => (await kept()).list(),
    remove: async (name) => (await kept()).remove(name),
    async isServed(name) {
      const response = await fetch(new URL("data/index.json", document.baseURI));
      const names: unknown = response.ok ? await response.json() : [];
      return Array.isArray(names) && names.includes(name);
    },
  });
  void store.getState().list();
  return store;
}
