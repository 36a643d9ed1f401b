import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { findDataset } from "../../../engine/data/catalogue.ts";
import { saysUnreadable } from "../../../engine/data/images/image-files.ts";
import { Dialog, DialogHead } from "../../ui/dialog.tsx";
import { TrashIcon } from "../../ui/icons.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useDatasets, useDatasetsStore } from "../state/context.tsx";
import { presenceOf, titleOf } from "../state/datasets-store.ts";
import { createPanel, isBusy, type Panel } from "../state/panel-store.ts";
import { connectWorkshop } from "../worker/connect.ts";
import { AddFiles } from "./add-files.tsx";
import { DatasetList } from "./dataset-list.tsx";
import styles from "./datasets.module.css";
import { DetailsView } from "./details-view.tsx";
import { PreparedView, ProgressView } from "./prepare-view.tsx";

export interface DatasetsDialogProps {
  readonly selected: string;
  /** Takes a data set for the set-up; undefined where that cannot be changed now. */
  readonly onUse: ((name: string) => void) | undefined;
  readonly onClose: () => void;
}

/** Data sets: what is here, class by class; adding and deleting. */
export default function DatasetsDialog({ selected, ...props }: DatasetsDialogProps) {
  const datasets = useDatasetsStore();
  const [panel, setPanel] = useState<Panel>();
  const [first] = useState(selected);
  useEffect(() => {
    const created = createPanel(connectWorkshop(), datasets, first, document.baseURI);
    setPanel(created);
    void datasets.getState().list();
    for (const name of ["cifar10", "cifar100"]) void datasets.getState().ask(name);
    return () => created.close();
  }, [datasets, first]);
  return (
    <Dialog label="Data sets" className={styles.dialog} onClose={props.onClose}>
      {(close) => (
        <>
          <DialogHead title="Data sets" onClose={close} />
          {panel !== undefined && <Body panel={panel} {...props} onClose={close} />}
        </>
      )}
    </Dialog>
  );
}

interface BodyProps extends Omit<DatasetsDialogProps, "selected"> {
  readonly panel: Panel;
}

function Body({ panel, onUse, onClose }: BodyProps) {
  const state = useStore(panel.store);
  const { selected, phase, progress, prepared, failure } = state;
  const busy = isBusy(state);
  const browsing = phase === "browse";
  return (
    <div className={styles.body}>
      <div className={styles.side}>
        <DatasetList
          selected={browsing ? selected : undefined}
          onSelect={(name) => !busy && panel.select(name)}
        />
        <AddFiles disabled={busy} onFiles={(files) => void panel.add(files)} />
      </div>
      <div className={styles.main}>
        {failure !== undefined && (
          <Notice
            tone="bad"
            title="Not added:"
            actions={<ReadAgain panel={panel} failure={failure} />}
            onClose={() => panel.store.setState({ failure: undefined })}
          >
            {failure}
          </Notice>
        )}
        {busy && (
          <ProgressView
            progress={progress}
            onCancel={phase === "reading" ? () => void panel.cancel() : undefined}
          />
        )}
        {phase === "prepared" && prepared !== undefined && (
          <PreparedView panel={panel} prepared={prepared} onKept={() => {}} />
        )}
        {browsing && <Selected panel={panel} onUse={onUse} onClose={onClose} />}
      </div>
    </div>
  );
}

/** One damaged picture among thousands need not end it. */
function ReadAgain({ panel, failure }: { readonly panel: Panel; readonly failure: string }) {
  const files = useStore(panel.store, (state) => state.files);
  const one = saysUnreadable(failure) && files.length > 0;
  return one ? (
    <Button size="xs" variant="default" onClick={() => void panel.change({ skipUnreadable: true })}>
      Leave out such images
    </Button>
  ) : undefined;
}

function Selected({ panel, onUse, onClose }: BodyProps) {
  const { selected, details, detailsProblem } = useStore(panel.store);
  const datasets = useDatasets((state) => state);
  const presence = presenceOf(datasets, selected);
  useEffect(() => {
    if (presence === "here") panel.load();
  }, [panel, presence]);
  const title = titleOf(datasets, selected);
  const isKept = datasets.kept.some(({ manifest }) => manifest.name === selected);
  if (presence === "absent") return <Absent name={selected} title={title} />;
  return (
    <>
      <div className={styles.setHead}>
        <h3 className={styles.setTitle}>{title}</h3>
        <code>{selected}</code>
        <div className={styles.buttons}>
          {isKept && (
            <DeleteButton
              key={selected}
              onDelete={async () => {
                await datasets.remove(selected);
                panel.select("fashion-mnist");
              }}
            />
          )}
          <Button
            size="xs"
            disabled={onUse === undefined}
            title={onUse === undefined ? "The set-up cannot be changed while its study runs" : undefined}
            onClick={() => {
              onUse?.(selected);
              onClose();
            }}
          >
            Use in the study
          </Button>
        </div>
      </div>
      {detailsProblem !== undefined && (
        <Notice tone="bad" title="It cannot be read:">
          {detailsProblem}
        </Notice>
      )}
      {details === undefined && detailsProblem === undefined && <p className={styles.note}>Loading …</p>}
      {details !== undefined && <DetailsView {...details} />}
    </>
  );
}

/** How to get one that is not here. */
function Absent({ name, title }: { readonly name: string; readonly title: string }) {
  const origin = findDataset(name)?.origin;
  return (
    <div className={styles.absent}>
      <h3 className={styles.setTitle}>{title} is not here</h3>
      {origin?.kind === "archive" ? (
        <>
          <p>
            Download{" "}
            <a href={origin.url} target="_blank" rel="noreferrer">
              {origin.url.slice(origin.url.lastIndexOf("/") + 1)}
            </a>{" "}
            (its publisher's archive, some 160 MB) and drop it here, or choose it by “Files …”. Its checksum
            (MD5 {origin.md5}) is verified, and its images stay in this browser.
          </p>
          <p>
            Where the page is served from a checkout, <code>npm run designscape -- data {name}</code> fetches
            it for page and command line.
          </p>
        </>
      ) : (
        <p>
          It was made of somebody's own images: add them under this name, as a zip of class folders, CSV or
          IDX files.
        </p>
      )}
    </div>
  );
}

/** Images cannot be brought back from here, so the first click only asks. */
function DeleteButton({ onDelete }: { readonly onDelete: () => Promise<void> }) {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      size="xs"
      variant="default"
      color="var(--bad)"
      leftSection={<TrashIcon />}
      onBlur={() => setAsked(false)}
      onClick={() => (asked ? void onDelete() : setAsked(true))}
    >
      {asked ? "Delete its images for good" : "Delete …"}
    </Button>
  );
}
