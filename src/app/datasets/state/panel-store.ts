import { createStore } from "zustand/vanilla";
import type { WorkshopConnection } from "../worker/connect.ts";
import type {
  DatasetDetails,
  Examples,
  GivenFile,
  Prepared,
  PrepareOptions,
  PrepareProgress,
} from "../worker/protocol.ts";
import type { DatasetsStore } from "./datasets-store.ts";

/** What the dialog shows: a data set that is here, or files on their way to become one. */
export interface PanelState {
  readonly selected: string;
  /** Of the selected one, once they are loaded. */
  readonly details: { readonly details: DatasetDetails; readonly examples: Examples } | undefined;
  readonly detailsProblem: string | undefined;
  /** `reading` and `keeping` report progress; `prepared` waits for a name. */
  readonly phase: "browse" | "reading" | "prepared" | "keeping";
  readonly files: readonly GivenFile[];
  readonly options: PrepareOptions;
  readonly progress: PrepareProgress | undefined;
  readonly prepared: Prepared | undefined;
  /** What is wrong with the files, or the name. */
  readonly failure: string | undefined;
}

export type Panel = ReturnType<typeof createPanel>;

export function createPanel(
  connection: WorkshopConnection,
  datasets: DatasetsStore,
  selected: string,
  base: string,
) {
  const { client } = connection;
  const store = createStore<PanelState>()(() => ({
    ...{ selected, details: undefined, detailsProblem: undefined, phase: "browse" },
    ...{ files: [], options: {}, progress: undefined, prepared: undefined, failure: undefined },
  }));
  const set = store.setState;
  client.on("progress", (progress) => set({ progress }));

  const loadDetails = async (name: string) => {
    const current = () => store.getState().selected === name;
    try {
      const details = await client.call("details", name, base);
      if (current()) set({ details });
    } catch (error) {
      if (current()) set({ detailsProblem: messageOf(error) });
    }
  };
  const read = async () => {
    const { files, options } = store.getState();
    set({ phase: "reading", progress: undefined, prepared: undefined, failure: undefined });
    try {
      const prepared = await client.call("prepare", files, options);
      set({ phase: "prepared", prepared });
    } catch (error) {
      const cancelled = error instanceof Error && error.name === "AbortError";
      set({ phase: "browse", failure: cancelled ? undefined : messageOf(error) });
    }
  };
  return {
    store,
    select(name: string) {
      set({
        selected: name,
        details: undefined,
        detailsProblem: undefined,
        phase: "browse",
        failure: undefined,
      });
      void loadDetails(name);
    },
    /** Shows the selected one anew. */
    load() {
      void loadDetails(store.getState().selected);
    },
    /** Reads files anew; those of before are forgotten. */
    async add(files: readonly GivenFile[]) {
      if (files.length === 0 || isBusy(store.getState())) return;
      set({ files, options: {} });
      await read();
    },
    /** Reads the same files in another form. */
    async change(options: PrepareOptions) {
      set({ options: { ...store.getState().options, ...options } });
      await read();
    },
    cancel: () => client.call("cancel"),
    discard() {
      void client.call("discard");
      set({ phase: "browse", prepared: undefined, failure: undefined, files: [] });
    },
    /** Gives the name under which it is kept. */
    async keep(name: string, title: string): Promise<string | undefined> {
      set({ phase: "keeping", progress: undefined, failure: undefined });
      try {
        const manifest = await client.call("keep", name, title);
        await datasets.getState().list();
        set({ phase: "browse", prepared: undefined, files: [], selected: manifest.name, details: undefined });
        return manifest.name;
      } catch (error) {
        set({ phase: "prepared", failure: messageOf(error) });
        return undefined;
      }
    },
    close: () => connection.close(),
  };
}

export function isBusy({ phase }: Pick<PanelState, "phase">): boolean {
  return phase === "reading" || phase === "keeping";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
