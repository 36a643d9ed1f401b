import { createStore } from "zustand/vanilla";
import type { ImportedStudy, LibraryEntry, StudyExportFormat } from "../../engine/exchange/library.ts";
import { readStorageRoom, type StorageRoom } from "../worker/storage.ts";
import { lockedStudies } from "../worker/study-lock.ts";
import type { StudiesConnection } from "./worker/connect.ts";
import type { ExportedFile } from "./worker/protocol.ts";

/** What was done, for the user to read. */
export interface Report {
  readonly tone: "good" | "warn" | "bad";
  readonly title: string;
  /** What to know about it. */
  readonly notes: readonly string[];
}

export interface StudiesState {
  /** undefined until the list was read. */
  readonly entries: readonly LibraryEntry[] | undefined;
  /** Ids of the studies that run in any tab. */
  readonly running: ReadonlySet<string>;
  readonly room: StorageRoom | undefined;
  /** What is under way, and how much of it is done, 0–1, where that is known. */
  readonly busy: { readonly what: string; readonly fraction?: number } | undefined;
  readonly reports: readonly Report[];
}

/** The list of studies and what can be done with it. Nothing here throws: what goes wrong is a report. */
export interface Studies {
  readonly store: ReturnType<typeof createStudiesStore>;
  refresh(): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  duplicate(id: string, withTrials: boolean): Promise<string | undefined>;
  merge(ids: readonly string[], name: string): Promise<string | undefined>;
  remove(entry: LibraryEntry): Promise<void>;
  importFiles(files: readonly File[]): Promise<readonly ImportedStudy[]>;
  exportStudy(id: string, format: StudyExportFormat): Promise<ExportedFile | undefined>;
  dismiss(report: Report): void;
  close(): void;
}

/** Tabs tell each other that the list has changed. */
const channelName = "designscape studies";

function createStudiesStore() {
  return createStore<StudiesState>()(() => ({
    entries: undefined,
    running: new Set(),
    room: undefined,
    busy: undefined,
    reports: [],
  }));
}

/** @param onChange is told whenever studies came, went or changed, here or in another tab */
export function openStudies({ client, close }: StudiesConnection, onChange: () => void): Studies {
  const store = createStudiesStore();
  const channel = new BroadcastChannel(channelName);
  const report = (one: Report) => store.setState(({ reports }) => ({ reports: [...reports, one] }));

  const refresh = async () => {
    try {
      const [entries, running, room] = await Promise.all([
        client.call("list"),
        lockedStudies(),
        readStorageRoom(),
      ]);
      store.setState({ entries, running, room });
    } catch (error) {
      store.setState({ entries: store.getState().entries ?? [] });
      report({
        tone: "bad",
        title: "The studies of this browser cannot be read.",
        notes: [messageOf(error)],
      });
    }
  };
  const changed = async () => {
    channel.postMessage("changed");
    onChange();
    await refresh();
  };
  channel.addEventListener("message", () => {
    onChange();
    void refresh();
  });
  client.on("reading", ({ file, read, size }) =>
    store.setState({ busy: { what: `Reading ${file}`, fraction: size === 0 ? 1 : read / size } }),
  );

  async function attempt<T>(what: string, failed: string, action: () => Promise<T>): Promise<T | undefined> {
    store.setState({ busy: { what } });
    try {
      return await action();
    } catch (error) {
      report({ tone: "bad", title: failed, notes: [messageOf(error)] });
      return undefined;
    } finally {
      store.setState({ busy: undefined });
    }
  }

  return {
    store,
    refresh,
    async rename(id, name) {
      await attempt("Renaming", "It was not renamed.", async () => {
        await client.call("rename", id, name);
        await changed();
      });
    },
    duplicate: (id, withTrials) =>
      attempt("Duplicating", "It was not duplicated.", async () => {
        const copy = await client.call("duplicate", id, withTrials);
        await changed();
        return copy;
      }),
    merge: (ids, name) =>
      attempt("Merging", "They were not merged.", async () => {
        const { id, notes } = await client.call("merge", ids, name);
        report({
          tone: notes.length > 0 ? "warn" : "good",
          title: `“${name}” has the trials of ${ids.length} studies.`,
          notes,
        });
        await changed();
        return id;
      }),
    async remove({ id, name }) {
      await attempt("Deleting", `“${name}” was not deleted.`, async () => {
        await client.call("remove", id);
        await changed();
      });
    },
    async importFiles(files) {
      const all: ImportedStudy[] = [];
      for (const file of files) {
        const imported = await attempt(`Reading ${file.name}`, `${file.name} cannot be used.`, () =>
          client.call("importFile", file),
        );
        for (const study of imported ?? []) report(importReport(file.name, study));
        all.push(...(imported ?? []));
      }
      if (all.length > 0) await changed();
      return all;
    },
    async exportStudy(id, format) {
      const file = await attempt("Writing the file", "It was not exported.", () =>
        client.call("exportStudy", id, format),
      );
      if (file !== undefined && file.notes.length > 0)
        report({ tone: "warn", title: `${file.fileName} does not say all:`, notes: file.notes });
      return file;
    },
    dismiss: (one) => store.setState(({ reports }) => ({ reports: reports.filter((each) => each !== one) })),
    close() {
      channel.close();
      close();
    },
  };
}

/** Further differences of one import are counted, not listed. */
const mostConflicts = 5;

function importReport(file: string, { name, added, same, conflicts, notes }: ImportedStudy): Report {
  const parts = [
    `${added} trial${added === 1 ? "" : "s"} added`,
    ...(same > 0 ? [`${same} were here already`] : []),
    ...(conflicts.length > 0 ? [`${conflicts.length} ended differently here and stay as they are`] : []),
  ];
  const listed = conflicts.slice(0, mostConflicts);
  const rest = conflicts.length - listed.length;
  return {
    tone: conflicts.length + notes.length > 0 ? "warn" : "good",
    title: `“${name}” from ${file}: ${parts.join(", ")}.`,
    notes: [...notes, ...listed, ...(rest > 0 ? [`and ${rest} more`] : [])],
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
