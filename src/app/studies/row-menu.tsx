import { ActionIcon, Menu } from "@mantine/core";
import type { StudyExportFormat } from "../../engine/exchange/library.ts";
import { downloadBlob } from "../study/network/deliver.ts";
import { CopyIcon, DownloadIcon, EditIcon, MoreIcon, TrashIcon } from "../ui/icons.tsx";
import styles from "./studies.module.css";
import type { Studies } from "./studies-store.ts";
import type { StudyRow } from "./study-rows.ts";

const exports: readonly {
  readonly format: StudyExportFormat;
  readonly label: string;
  readonly help: string;
}[] = [
  { format: "jsonl", label: "Trials, JSON Lines", help: "all of it; analyze and this page read it" },
  { format: "csv", label: "Table, CSV", help: "a row a trial, for spreadsheets" },
  { format: "sweep.json", label: "sweep.json", help: "for pycls' sweep analysis" },
  { format: "study", label: "Set-up, JSON", help: "a study file without trials" },
  { format: "pycls", label: "Set-up, pycls", help: "sweep configs, as far as it maps" },
];

/** Exports that need no trials; those of an archive have no set-up. */
const ofSetup: ReadonlySet<StudyExportFormat> = new Set(["study", "pycls"]);

export interface RowMenuProps {
  readonly row: StudyRow;
  readonly studies: Studies;
  /** undefined while the page cannot leave its run. */
  readonly onOpen: (() => void) | undefined;
  readonly onAsk: (what: "rename" | "delete") => void;
}

/** What can be done with one study. */
export function RowMenu({ row, studies, onOpen, onAsk }: RowMenuProps) {
  const { id, name, state, archive, settled } = row;
  const save = async (format: StudyExportFormat) => {
    const file = await studies.exportStudy(id, format);
    if (file !== undefined) downloadBlob(file.fileName, file.blob);
  };
  const running = state === "running here" || state === "running in another tab";
  return (
    // The dialog is above everything else of the page: the menu must be within it.
    <Menu withinPortal={false} position="bottom-end" width={270}>
      <Menu.Target>
        <ActionIcon size={26} aria-label={`Actions for ${name}`}>
          <MoreIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className={styles.menu}>
        <Menu.Item disabled={onOpen === undefined} onClick={() => onOpen?.()}>
          Open
        </Menu.Item>
        <Menu.Item leftSection={<EditIcon />} onClick={() => onAsk("rename")}>
          Rename …
        </Menu.Item>
        <Menu.Item leftSection={<CopyIcon />} onClick={() => void studies.duplicate(id, true)}>
          Duplicate with its trials
        </Menu.Item>
        {!archive && (
          <Menu.Item leftSection={<CopyIcon />} onClick={() => void studies.duplicate(id, false)}>
            Duplicate the set-up alone
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label>Export</Menu.Label>
        {exports.map(({ format, label, help }) => (
          <Menu.Item
            key={format}
            leftSection={<DownloadIcon />}
            data-export={format}
            disabled={ofSetup.has(format) ? archive : settled === 0}
            onClick={() => void save(format)}
          >
            {label}
            <span className={styles.help}>{help}</span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<TrashIcon />}
          c="var(--bad)"
          disabled={running}
          onClick={() => onAsk("delete")}
        >
          {running ? "Delete: stop its run first" : "Delete …"}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
