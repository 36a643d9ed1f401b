import { DropArea } from "../../ui/drop-area.tsx";
import { FileButton } from "../../ui/file-button.tsx";
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
  const take = (files: readonly File[]) =>
    onFiles(files.map((blob) => ({ blob, path: blob.webkitRelativePath || blob.name })));
  return (
    <DropArea className={styles.zone} disabled={disabled} onFiles={take}>
      <p>
        <b>Add a data set:</b> drop a zip of class folders, one or two CSV files (label, pixels), IDX files,
        or the archive of CIFAR-10 or CIFAR-100. Nothing leaves this browser.
      </p>
      <div className={styles.buttons}>
        <FileButton
          label="Files of a data set"
          multiple
          leftSection={<PlusIcon size={14} />}
          disabled={disabled}
          onFiles={take}
        >
          Files …
        </FileButton>
        <FileButton label="Folder of class folders" folder disabled={disabled} onFiles={take}>
          Folder …
        </FileButton>
      </div>
    </DropArea>
  );
}
