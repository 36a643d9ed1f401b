import { Button } from "@mantine/core";
import { type DragEvent, useRef, useState } from "react";
import { PlusIcon } from "../../ui/icons.tsx";
import type { GivenFile } from "../worker/protocol.ts";
import styles from "./datasets.module.css";

/** Takes files: dropped, or chosen by a button. */
export function AddFiles({
  disabled,
  onFiles,
}: {
  readonly disabled: boolean;
  readonly onFiles: (files: readonly GivenFile[]) => void;
}) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const follow = (event: DragEvent, change: number) => {
    if (disabled || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    // Leaving a child is no leaving of the zone: entries and exits are counted.
    depth.current = Math.max(0, depth.current + change);
    setOver(depth.current > 0);
  };
  const take = (list: FileList | null) =>
    onFiles(Array.from(list ?? [], (blob) => ({ blob, path: blob.webkitRelativePath || blob.name })));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the buttons do the same
    <div
      className={styles.zone}
      data-over={over || undefined}
      onDragEnter={(event) => follow(event, 1)}
      onDragOver={(event) => follow(event, 0)}
      onDragLeave={(event) => follow(event, -1)}
      onDrop={(event) => {
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        if (!disabled) take(event.dataTransfer.files);
      }}
    >
      <p>
        <b>Add a data set:</b> drop a zip of class folders, one or two CSV files (label, pixels), IDX files,
        or the archive of CIFAR-10 or CIFAR-100. Nothing leaves this browser.
      </p>
      <div className={styles.buttons}>
        <Button
          size="xs"
          variant="default"
          leftSection={<PlusIcon size={14} />}
          disabled={disabled}
          onClick={() => files.current?.click()}
        >
          Files …
        </Button>
        <Button size="xs" variant="default" disabled={disabled} onClick={() => folder.current?.click()}>
          Folder …
        </Button>
      </div>
      <input
        ref={files}
        className={styles.hidden}
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Files of a data set"
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          currentTarget.value = "";
        }}
      />
      <input
        // React knows no such attribute.
        ref={(element) => {
          folder.current = element;
          element?.setAttribute("webkitdirectory", "");
        }}
        className={styles.hidden}
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Folder of class folders"
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
