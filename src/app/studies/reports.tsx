import { ActionIcon } from "@mantine/core";
import { useEffect, useRef } from "react";
import { CheckIcon, CloseIcon } from "../ui/icons.tsx";
import { Notice } from "../ui/notice.tsx";
import styles from "./studies.module.css";
import type { Report } from "./studies-store.ts";

/** What was done and what to know about it, newest last; each stays until it is dismissed. */
export function Reports({
  reports,
  onDismiss,
}: {
  readonly reports: readonly Report[];
  readonly onDismiss: (report: Report) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(0);
  useEffect(() => {
    // The list may be scrolled past them.
    if (reports.length > before.current) box.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
    before.current = reports.length;
  }, [reports.length]);
  if (reports.length === 0) return null;
  return (
    <div ref={box} className={styles.reports}>
      {reports.map((report, i) => {
        const { tone, title, notes } = report;
        const list = notes.length > 0 && (
          <ul className={styles.notes}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        );
        return tone === "good" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: reports only come at the end
          <div key={i} className={styles.good} role="status">
            <CheckIcon size={16} />
            <span>{title}</span>
            <ActionIcon size="sm" onClick={() => onDismiss(report)} aria-label="Dismiss this message">
              <CloseIcon size={14} />
            </ActionIcon>
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <Notice key={i} tone={tone} title={title} onClose={() => onDismiss(report)}>
            {list}
          </Notice>
        );
      })}
    </div>
  );
}
