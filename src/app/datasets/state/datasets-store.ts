import { createStore } from "zustand/vanilla";
import { type DatasetFacts, findDataset } from "../../../engine/data/catalogue.ts";
import type { KeptDataset } from "../../../engine/data/kept/dataset-store.ts";

/** What the page knows of data sets. */
export interface DatasetsState {
  /** Kept in this browser, newest first. */
  readonly kept: readonly KeptDataset[];
  /** Whether `kept` has been read. */
  readonly listed: boolean;
  /** Of data sets that are not kept here: whether they are served beside the page. Absent: nobody has asked. */
  readonly served: ReadonlyMap<string, boolean>;
  /** The dialog: the data set that it shows, undefined while it is closed. */
  readonly shown: string | undefined;
  show(name: string | undefined): void;
  /** Reads what is kept. */
  list(): Promise<void>;
  /** Finds out whether a data set of the catalogue is served beside the page. */
  ask(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** What a browser offers; a test has its own. */
export interface DatasetsParts {
  list(): Promise<readonly KeptDataset[]>;
  remove(name: string): Promise<void>;
  isServed(name: string): Promise<boolean>;
}

export type DatasetsStore = ReturnType<typeof createDatasetsStore>;

export function createDatasetsStore(parts: DatasetsParts) {
  return createStore<DatasetsState>()((set, get) => ({
    kept: [],
    listed: false,
    served: new Map(),
    shown: undefined,
    show: (shown) => set({ shown }),
    async list() {
      // A browser that keeps nothing (a private window) still trains on what is served.
      const kept = await parts.list().catch(() => []);
      set({ kept, listed: true });
    },
    async ask(name) {
      if (get().served.has(name) || findDataset(name)?.origin.kind !== "archive") return;
      const served = await parts.isServed(name).catch(() => false);
      set((state) => ({ served: new Map(state.served).set(name, served) }));
    },
    async remove(name) {
      await parts.remove(name);
      await get().list();
    },
  }));
}

/** Where a data set is; `unknown` until somebody asked. */
export type Presence = "here" | "absent" | "unknown";

export function presenceOf({ kept, listed, served }: DatasetsState, name: string): Presence {
  if (findDataset(name)?.origin.kind === "package") return "here";
  if (kept.some(({ manifest }) => manifest.name === name)) return "here";
  if (findDataset(name) === undefined) return listed ? "absent" : "unknown";
  const found = served.get(name);
  return found === undefined || !listed ? "unknown" : found ? "here" : "absent";
}

/** What networks must know of a data set; undefined for images that are not here. */
export function factsOf({ kept }: Pick<DatasetsState, "kept">, name: string): DatasetFacts | undefined {
  return findDataset(name) ?? kept.find(({ manifest }) => manifest.name === name)?.manifest;
}

/** `Fashion-MNIST`, `My flowers`, or the name where nothing is known. */
export function titleOf(state: Pick<DatasetsState, "kept">, name: string): string {
  return factsOf(state, name)?.title ?? name;
}
