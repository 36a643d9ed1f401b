import { ActionIcon } from "@mantine/core";
import type { ReactNode } from "react";
import { CloseIcon, InfoIcon, WarningIcon } from "./icons.tsx";
import styles from "./notice.module.css";

export interface NoticeProps {
  /** A `note` tells of no fault. */
  readonly tone: "bad" | "warn" | "note";
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly onClose?: (() => void) | undefined;
}

/** Something the user should know: what happened, where, and what to do. */
export function Notice({ tone, title, children, actions, onClose }: NoticeProps) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={tone === "bad" ? "alert" : "status"}>
      <span className={styles.icon}>
        {tone === "note" ? <InfoIcon size={18} /> : <WarningIcon size={18} />}
      </span>
      <div className={styles.text}>
        <b>{title}</b>
        {children !== undefined && <> {children}</>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      {onClose !== undefined && (
        <ActionIcon size="sm" onClick={onClose} aria-label="Dismiss this message">
          <CloseIcon size={14} />
        </ActionIcon>
      )}
    </div>
  );
}

/** Text with its `commands` set as code: messages of the engine end in the command that repairs. */
export function WithCommands({ text }: { readonly text: string }) {
  const match = /^(.*?)(npm run \S+.*)$/s.exec(text);
  if (match === null) return text;
  return (
    <>
      {match[1]}
      <code>{match[2]}</code>
    </>
  );
}
