import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useStore } from "zustand";
import { formatDuration, formatInteger } from "../../../charts/format.ts";
import { isOwnName, ownNameFor, ownPrefix } from "../../../engine/data/dataset-name.ts";
import { bytesText } from "../../../engine/data/files/limits.ts";
import { type Fit, fits } from "../../../engine/data/images/resize.ts";
import { regimeLimits } from "../../../engine/training/regime.ts";
import hidden from "../../ui/hidden.module.css";
import { Notice } from "../../ui/notice.tsx";
import { useDatasets } from "../state/context.tsx";
import type { Panel } from "../state/panel-store.ts";
import type { Prepared, PreparePhase, PrepareProgress } from "../worker/protocol.ts";
import styles from "./datasets.module.css";
import { DetailsView } from "./details-view.tsx";

const phases: Readonly<Record<PreparePhase, { readonly label: string; readonly unit: "bytes" | "images" }>> =
  {
    check: { label: "Verifying the checksum", unit: "bytes" },
    unpack: { label: "Unpacking", unit: "bytes" },
    read: { label: "Reading images", unit: "images" },
    keep: { label: "Keeping images", unit: "images" },
  };

/** How far the files are on their way. */
export function ProgressView({
  progress,
  onCancel,
}: {
  readonly progress: PrepareProgress | undefined;
  readonly onCancel: (() => void) | undefined;
}) {
  const { label, unit } = phases[progress?.phase ?? "read"];
  const amount = (count: number) => (unit === "bytes" ? bytesText(count) : formatInteger(count));
  const text =
    progress === undefined
      ? "Opening the files …"
      : `${label}: ${amount(progress.done)} of ${amount(progress.total)}${progress.leftMs === undefined ? "" : `, ${formatDuration(progress.leftMs)} left`}`;
  const share = progress === undefined ? 0 : progress.done / Math.max(1, progress.total);
  return (
    <div className={styles.progress}>
      <p role="status">{text}</p>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)}
      >
        <i style={{ width: `${100 * share}%` }} />
      </div>
      {onCancel !== undefined && (
        <Button size="xs" variant="default" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}

/** What came of the files, before it is kept: its form can be changed, and it gets a name. */
export function PreparedView({
  panel,
  prepared,
  onKept,
}: {
  readonly panel: Panel;
  readonly prepared: Prepared;
  readonly onKept: (name: string) => void;
}) {
  const { details, options, ignored, unreadable } = prepared;
  const kept = useDatasets((state) => state.kept);
  const [title, setTitle] = useState(details.title);
  const [slug, setSlug] = useState<string>();
  const fixed = options === undefined;
  const name = fixed ? details.name : `${ownPrefix}${slug ?? ownNameFor(title).slice(ownPrefix.length)}`;
  const taken = kept.some(({ manifest }) => manifest.name === name);
  const keep = async () => {
    const done = await panel.keep(name, title);
    if (done !== undefined) onKept(done);
  };
  return (
    <form
      className={styles.prepared}
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      {options !== undefined && <FormOptions panel={panel} prepared={prepared} />}
      {options !== undefined && (
        <div className={styles.names}>
          <TextInput
            label="Title"
            value={title}
            maxLength={60}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <TextInput
            label="Name in study files"
            leftSection={<span className={styles.prefix}>{ownPrefix}</span>}
            leftSectionWidth={38}
            value={name.slice(ownPrefix.length)}
            error={isOwnName(name) ? undefined : "Small letters, digits and single hyphens, at most 40"}
            onChange={(event) => setSlug(event.currentTarget.value)}
          />
        </div>
      )}
      {unreadable.length > 0 && (
        <Notice tone="warn" title={`${unreadable.length} images left out.`}>
          {some(unreadable)}
        </Notice>
      )}
      {ignored.length > 0 && <p className={styles.note}>No images, left out: {some(ignored)}</p>}
      {Math.min(details.train, details.test) < fewest && (
        <Notice tone="warn" title="Too few images.">
          A study needs at least {fewest} training and {fewest} test images; here are {details.train} and{" "}
          {details.test}.
        </Notice>
      )}
      {taken && (
        <Notice tone="warn" title={`${name} is here already.`}>
          Keeping this one replaces it. Studies that were trained on the old one do not compare with new
          trials.
        </Notice>
      )}
      <div className={styles.buttons}>
        <Button type="submit" disabled={!fixed && !isOwnName(name)}>
          {taken ? "Replace" : "Keep"} {bytesText(details.bytes)}
        </Button>
        <Button variant="default" onClick={() => panel.discard()}>
          Discard
        </Button>
      </div>
      <DetailsView details={details} examples={prepared.examples} />
    </form>
  );
}

const fewest = Math.max(regimeLimits.images.min, regimeLimits.testImages.min);
const sides = [16, 20, 24, 28, 32, 48, 64, 96, 128];
const fitLabels: Readonly<Record<Fit, string>> = {
  crop: "cut out the middle",
  pad: "frame in black",
  stretch: "stretch",
};

function FormOptions({ panel, prepared }: { readonly panel: Panel; readonly prepared: Prepared }) {
  const options = prepared.options!;
  const skips = useStore(panel.store, (state) => state.options.skipUnreadable ?? false);
  const all = [...new Set([...sides, options.side])].sort((a, b) => a - b);
  return (
    <fieldset className={styles.options}>
      <legend className={hidden.hidden}>Form of the images</legend>
      <NativeSelect
        label="Size"
        data={all.map((side) => ({ value: String(side), label: `${side}×${side}` }))}
        value={String(options.side)}
        onChange={(event) => void panel.change({ side: Number(event.currentTarget.value) })}
      />
      <NativeSelect
        label="Channels"
        data={[
          { value: "1", label: "1, grey" },
          { value: "3", label: "3, colour" },
        ]}
        value={String(options.channels)}
        onChange={(event) => void panel.change({ channels: event.currentTarget.value === "1" ? 1 : 3 })}
      />
      <NativeSelect
        label="Not square"
        data={fits.map((fit) => ({ value: fit, label: fitLabels[fit] }))}
        value={options.fit}
        onChange={(event) => void panel.change({ fit: event.currentTarget.value as Fit })}
      />
      {!prepared.divided && (
        <NativeSelect
          label="Test images"
          data={[10, 20, 30, 40, 50].map((share) => ({
            value: String(share),
            label: `${share}% of each class`,
          }))}
          value={String(Math.round(100 * options.testFraction))}
          onChange={(event) => void panel.change({ testFraction: Number(event.currentTarget.value) / 100 })}
        />
      )}
      {skips && (
        <Checkbox
          size="xs"
          label="Leave out unreadable images"
          checked
          onChange={() => void panel.change({ skipUnreadable: false })}
        />
      )}
    </fieldset>
  );
}

function some(lines: readonly string[]): string {
  const shown = lines.slice(0, 5).join("; ");
  return lines.length > 5 ? `${shown}; and ${lines.length - 5} more` : shown;
}
