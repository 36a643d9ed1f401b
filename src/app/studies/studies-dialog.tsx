import { Button, TextInput } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { isActive } from "../study/state/run-store.ts";
import { useRun, useServices } from "../study/state/services.tsx";
import { Dialog, DialogHead } from "../ui/dialog.tsx";
import { DropArea } from "../ui/drop-area.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { PlusIcon, SearchIcon } from "../ui/icons.tsx";
import { MergeBar } from "./merge-bar.tsx";
import { Reports } from "./reports.tsx";
import { RoomLine } from "./room-line.tsx";
import styles from "./studies.module.css";
import { openStudies, type Studies } from "./studies-store.ts";
import { StudiesTable } from "./studies-table.tsx";
import { rowOf, shownRows, sortedBy, usualSorting } from "./study-rows.ts";
import { connectStudies } from "./worker/connect.ts";

/** All studies that this browser keeps, and what can be done with whole studies. */
export default function StudiesDialog({ onClose }: { readonly onClose: () => void }) {
  const studies = useStudies();
  return (
    <Dialog label="Studies in this browser" className={styles.dialog} onClose={onClose}>
      {(close) => studies !== undefined && <StudyList studies={studies} onClose={close} />}
    </Dialog>
  );
}

function useStudies(): Studies | undefined {
  const { sweep } = useServices();
  const [studies, setStudies] = useState<Studies>();
  useEffect(() => {
    const opened = openStudies(connectStudies(), () => void sweep.refresh());
    setStudies(opened);
    void opened.refresh();
    return () => opened.close();
  }, [sweep]);
  return studies;
}

function StudyList({ studies, onClose }: { readonly studies: Studies; readonly onClose: () => void }) {
  const { entries, running, busy, reports, room } = useStore(studies.store);
  const current = useRun(({ studyId }) => studyId);
  const active = useRun(({ phase }) => isActive(phase));
  const settled = useRun(({ trials }) => trials.size);
  const [search, setSearch] = useState("");
  const [sorting, setSorting] = useState(usualSorting);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // A run of this tab moves on while the list is open.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when a trial ends
  useEffect(() => void studies.refresh(), [studies, settled, active]);
  const here = active ? current : undefined;
  const rows = useMemo(
    () => (entries ?? []).map((entry) => rowOf(entry, { here, anywhere: running })),
    [entries, running, here],
  );
  const shown = useMemo(() => shownRows(rows, search, sorting), [rows, search, sorting]);
  const marked = rows.filter(({ id }) => chosen.has(id));
  return (
    <DropArea className={styles.area} onFiles={(files) => void studies.importFiles(files)}>
      <DialogHead title="Studies" onClose={onClose}>
        <RoomLine room={room} />
      </DialogHead>
      <div className={styles.tools}>
        <TextInput
          className={styles.search}
          aria-label="Search studies"
          placeholder="Name, population or state"
          leftSection={<SearchIcon size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <FileButton
          label="Files of studies"
          accept=".jsonl,.json,.ndjson"
          multiple
          leftSection={<PlusIcon size={14} />}
          title="results.jsonl, sweep.json of pycls, or a study in JSON; or drop files here"
          onFiles={(files) => void studies.importFiles(files)}
        >
          Import …
        </FileButton>
        {busy !== undefined && (
          <span className={styles.busy} role="status">
            {busy.what} …
            {busy.fraction !== undefined && <progress aria-label={busy.what} max={1} value={busy.fraction} />}
          </span>
        )}
      </div>
      <div className={styles.body}>
        <Reports reports={reports} onDismiss={studies.dismiss} />
        {entries === undefined ? (
          <p className={styles.empty} role="status">
            Reading the studies of this browser …
          </p>
        ) : shown.length > 0 ? (
          <StudiesTable
            rows={shown}
            sorting={sorting}
            onSort={(key) => setSorting(sortedBy(sorting, key))}
            chosen={chosen}
            onChoose={setChosen}
            current={current}
            locked={active}
            studies={studies}
            onClose={onClose}
          />
        ) : (
          <EmptyList searched={entries.length > 0} onClear={() => setSearch("")} />
        )}
      </div>
      {marked.length > 1 && (
        <MergeBar
          rows={marked}
          onMerge={async (name) => {
            const merged = await studies.merge(
              marked.map(({ id }) => id),
              name,
            );
            if (merged !== undefined) setChosen(new Set());
          }}
          onClear={() => setChosen(new Set())}
        />
      )}
    </DropArea>
  );
}

function EmptyList({ searched, onClear }: { readonly searched: boolean; readonly onClear: () => void }) {
  if (searched)
    return (
      <div className={styles.empty}>
        <p>No study has all these words.</p>
        <Button variant="default" size="xs" onClick={onClear}>
          Show all
        </Button>
      </div>
    );
  return (
    <div className={styles.empty}>
      <p className={styles.lead}>No study is kept in this browser yet.</p>
      <p>
        A study is kept from the moment it runs. Or read one from a file: the results.jsonl of a sweep, a file
        that this page exported, a study in JSON, or the sweep.json of pycls.
      </p>
    </div>
  );
}
