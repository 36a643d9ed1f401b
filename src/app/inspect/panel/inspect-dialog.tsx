import { Button, SegmentedControl } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { formatPercent } from "../../../charts/format.ts";
import type { LatencyBackend } from "../../../engine/sweep/latency-key.ts";
import { downloadBytes } from "../../study/network/deliver.ts";
import { isActive } from "../../study/state/run-store.ts";
import { useRun } from "../../study/state/services.tsx";
import type { TrialRow } from "../../study/trials/trial-rows.ts";
import { Dialog, DialogHead } from "../../ui/dialog.tsx";
import { DownloadIcon } from "../../ui/icons.tsx";
import { Notice } from "../../ui/notice.tsx";
import { inspectedTrial } from "../inspected-trial.ts";
import { createInspection, type Inspection, type InspectionState, isMistake } from "../inspection.ts";
import { tensorFlowFileName } from "../tensor-flow-export.ts";
import { connectInspector } from "../worker/connect.ts";
import { backendLabels } from "./backend-labels.ts";
import { Classified } from "./classified.tsx";
import styles from "./inspect.module.css";
import { LatencyTable } from "./latency-table.tsx";

export interface InspectDialogProps {
  readonly row: TrialRow;
  readonly onMeasured: (measured: Readonly<Record<string, number>>) => void;
  readonly onClose: () => void;
}

/** A trained network on its test images: what it takes each for, what it confuses, how long it takes. */
export default function InspectDialog({ row, onMeasured, onClose }: InspectDialogProps) {
  const inspection = useInspection(row, onMeasured);
  return (
    <Dialog label={`Inspect ${row.name}`} className={styles.dialog} onClose={onClose}>
      {(close) => inspection !== undefined && <Inspected row={row} inspection={inspection} onClose={close} />}
    </Dialog>
  );
}

function useInspection(row: TrialRow, onMeasured: InspectDialogProps["onMeasured"]): Inspection | undefined {
  const [inspection, setInspection] = useState<Inspection>();
  const told = useRef(onMeasured);
  told.current = onMeasured;
  useEffect(() => {
    const connection = connectInspector();
    const created = createInspection(inspectedTrial(row), connection, row.measured ?? {}, (measured) =>
      told.current(measured),
    );
    setInspection(created);
    void created.open();
    return () => connection.close();
  }, [row]);
  return inspection;
}

interface InspectedProps {
  readonly row: TrialRow;
  readonly inspection: Inspection;
  readonly onClose: () => void;
}

function Inspected({ row, inspection, onClose }: InspectedProps) {
  const state = useStore(inspection.store);
  const { opened, failure, backend } = state;
  const training = useRun(({ phase }) => isActive(phase));
  return (
    <>
      <DialogHead
        title={row.name}
        onClose={onClose}
        actions={
          opened && (
            <>
              <SegmentedControl
                aria-label="TF.js backend"
                data={opened.backends.map(({ name }) => ({ value: name, label: backendLabels[name] }))}
                value={backend ?? ""}
                onChange={(value) => void inspection.classifyOn(value as LatencyBackend)}
              />
              <SaveButton row={row} inspection={inspection} />
            </>
          )
        }
      >
        <p className={styles.note} role="status" data-testid="inspect-status">
          {statusText(row, state)}
        </p>
      </DialogHead>
      {failure !== undefined && (
        <div className={styles.failure}>
          <Notice
            tone="bad"
            title={opened === undefined ? `${row.name} cannot be inspected:` : "That failed:"}
          >
            {failure}
          </Notice>
        </div>
      )}
      {opened !== undefined && (
        <Classified opened={opened} images={state.images}>
          <LatencyTable
            opened={opened}
            measured={state.measured}
            measuring={state.measuring}
            training={training}
            onMeasure={() => void inspection.measureAll()}
          />
        </Classified>
      )}
    </>
  );
}

/** The weights are those whose error the trial has; those that earlier programs kept are the last epoch's, or their averages. */
function statusText(
  { regime, epochs, weights }: TrialRow,
  { opened, failure, images, complete }: InspectionState,
): string {
  if (opened === undefined) return failure === undefined ? "Loading TF.js, weights and test images …" : "";
  const mistakes = images.filter(isMistake).length;
  if (!complete) return `${images.length} of ${regime.testImages} test images classified`;
  const share = formatPercent(mistakes / images.length);
  return `${mistakes} of ${images.length} test images wrong, ${share}, by the ${weights === "averages" ? "averaged " : ""}weights of epoch ${opened.epoch ?? epochs.length}`;
}

function SaveButton({ row, inspection }: Pick<InspectedProps, "row" | "inspection">) {
  const [saving, setSaving] = useState(false);
  const save = async () => {
    setSaving(true);
    const bytes = await inspection.save();
    if (bytes !== undefined) downloadBytes(tensorFlowFileName(row), bytes, "application/zip");
    setSaving(false);
  };
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<DownloadIcon />}
      loading={saving}
      title="model.json, weights and the script of its layers, for tf.loadLayersModel"
      onClick={() => void save()}
    >
      Save for TF.js
    </Button>
  );
}
