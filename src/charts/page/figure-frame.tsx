import { ActionIcon, Menu } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { ChartCanvas } from "../chart-canvas.tsx";
import type { Size } from "../chart-props.ts";
import { captionOf, type FigureContent, type FigureSource } from "../figure/figure.ts";
import styles from "./figure-frame.module.css";
import frame from "./frame.module.css";
import { saveCsv, savePng, saveSvg } from "./save-figure.ts";
import { TableView } from "./table-view.tsx";

export interface FigureFrameProps {
  readonly title: string;
  /** Beside the title, quieter: what the axes are. */
  readonly note?: ReactNode;
  readonly source: FigureSource;
  readonly content: FigureContent;
  /** Switches of the chart, left of the menu. */
  readonly controls?: ReactNode;
  /** Height of the chart in pixels, more where it is too narrow for that; undefined: it fills the frame. */
  readonly height?: number | undefined;
  /** Pixels below which a chart that fills the frame is not squeezed by what stands under it. */
  readonly leastHeight?: number | undefined;
  readonly className?: string | undefined;
  /** Over the chart, as large as it: what stands there while it is empty. */
  readonly overlay?: ReactNode;
  /** Below the chart: what it says, in a sentence. */
  readonly children?: ReactNode;
}

/** A titled chart that can be read as a table and saved as SVG, PNG and CSV. */
export function FigureFrame(props: FigureFrameProps) {
  const { title, note, source, content, controls, className = "", overlay, children } = props;
  const { height, leastHeight } = props;
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const [shown, setShown] = useState<Size>();
  const readable = shown === undefined ? 0 : (content.leastHeight?.(shown.width) ?? 0);
  const [failure, setFailure] = useState<string>();

  return (
    <section className={`${frame.frame} ${className}`} aria-labelledby={id} data-figure={content.kind}>
      <div className={frame.head}>
        <h2 id={id} className={frame.title}>
          {title}
        </h2>
        {note !== undefined && <span className={frame.note}>{note}</span>}
        <div className={frame.actions}>
          {!asTable && controls}
          <FigureMenu
            title={title}
            asTable={asTable}
            onTable={() => setAsTable(!asTable)}
            onSave={(kind) => {
              setFailure(undefined);
              const file = { title, source, content, size: shown ?? usualSize };
              save[kind](file).catch((error: unknown) =>
                setFailure(
                  `The figure cannot be saved: ${error instanceof Error ? error.message : String(error)}`,
                ),
              );
            }}
          />
        </div>
      </div>
      <div
        className={styles.body}
        style={
          height === undefined
            ? { minHeight: leastHeight }
            : { flex: "none", height: Math.max(height, readable) }
        }
      >
        {asTable ? (
          <TableView table={content.table()} caption={`${title}: ${captionOf(source)}`} />
        ) : (
          <ChartCanvas onSize={setShown}>{(size) => content.draw(size, false)}</ChartCanvas>
        )}
        {!asTable && overlay}
      </div>
      {failure !== undefined && (
        <p className={styles.failure} role="alert">
          {failure}
        </p>
      )}
      {children}
      <p className={styles.caption}>{captionOf(source)}</p>
    </section>
  );
}

/** Of a file that is saved from the table, before the chart was ever drawn. */
const usualSize: Size = { width: 720, height: 400 };

const save = { svg: saveSvg, png: savePng, csv: saveCsv };

interface FigureMenuProps {
  readonly title: string;
  readonly asTable: boolean;
  readonly onTable: () => void;
  readonly onSave: (kind: keyof typeof save) => void;
}

function FigureMenu({ title, asTable, onTable, onSave }: FigureMenuProps) {
  // What lies outside an open dialog cannot be clicked.
  const [dialog, setDialog] = useState<HTMLElement | null>(null);
  const portal = dialog === null ? {} : { portalProps: { target: dialog } };
  return (
    <Menu {...portal}>
      <Menu.Target>
        {/* A tooltip of Mantine's in between would keep from it that it opens a menu. */}
        <ActionIcon
          ref={(element) => setDialog(element?.closest("dialog") ?? null)}
          size={26}
          aria-label={`Figure: ${title}`}
          title="Save or read as a table"
        >
          <svg width={16} height={16} viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
            <circle cx={3} cy={8} r={1.4} />
            <circle cx={8} cy={8} r={1.4} />
            <circle cx={13} cy={8} r={1.4} />
          </svg>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onTable}>{asTable ? "Show as chart" : "Show as table"}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => onSave("svg")}>Save SVG</Menu.Item>
        <Menu.Item onClick={() => onSave("png")}>Save PNG</Menu.Item>
        <Menu.Item onClick={() => onSave("csv")}>Save CSV</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
