import { Button, Menu } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ChevronIcon, CopyIcon, DownloadIcon } from "../../ui/icons.tsx";
import { copyText, downloadText } from "./deliver.ts";
import { type Exportable, type ExportFormat, exportFormats, exportNetwork } from "./export-formats.ts";
import styles from "./network.module.css";

export interface FurtherExport {
  readonly key: string;
  readonly label: string;
  readonly fileName: string;
  /** Saves the file. @throws with the reason why it cannot */
  readonly save: () => Promise<void>;
}

/** Takes the shown network out of the page: as a file or on the clipboard. */
export function ExportCard({
  row,
  more = [],
  children,
}: {
  readonly row: Exportable | undefined;
  /** Further files, that only a trained network has. */
  readonly more?: readonly FurtherExport[];
  /** Other ways out, beside the button. */
  readonly children?: ReactNode;
}) {
  const [said, setSaid] = useState("");
  const deliver = async (format: ExportFormat, how: "download" | "copy") => {
    if (row === undefined) return;
    try {
      const { fileName, text } = await exportNetwork(row, format);
      if (how === "download") downloadText(fileName, text);
      else await copyText(text);
      setSaid(how === "download" ? `${fileName} saved` : `${fileName} copied`);
    } catch (error) {
      setSaid(`Not exported: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const saveFurther = async ({ fileName, save }: FurtherExport) => {
    setSaid(`Writing ${fileName} …`);
    try {
      await save();
      setSaid(`${fileName} saved`);
    } catch (error) {
      setSaid(`Not exported: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <section className={styles.export} aria-label="Export">
      <Menu position="top-start" width={300}>
        <Menu.Target>
          <Button flex={1} disabled={row === undefined} rightSection={<ChevronIcon />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {exportFormats.map((format) => (
            <Menu.Item
              key={format.key}
              leftSection={<DownloadIcon />}
              onClick={() => void deliver(format, "download")}
              data-export={format.key}
            >
              {format.label}
              <span className={styles.fileName}>{row === undefined ? "" : format.fileName(row)}</span>
            </Menu.Item>
          ))}
          {more.map((each) => (
            <Menu.Item
              key={each.key}
              leftSection={<DownloadIcon />}
              onClick={() => void saveFurther(each)}
              data-export={each.key}
            >
              {each.label}
              <span className={styles.fileName}>{each.fileName}</span>
            </Menu.Item>
          ))}
          <Menu.Divider />
          {exportFormats.map((format) => (
            <Menu.Item
              key={format.key}
              leftSection={<CopyIcon />}
              onClick={() => void deliver(format, "copy")}
            >
              Copy {format.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {children}
      <p className={styles.said} role="status">
        {said}
      </p>
    </section>
  );
}
