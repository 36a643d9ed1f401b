import { ActionIcon } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import styles from "./dialog.module.css";
import { CloseIcon } from "./icons.tsx";

export interface DialogProps {
  readonly label: string;
  /** Its size and ground, as custom properties (dialog.module.css). */
  readonly className?: string | undefined;
  readonly onClose: () => void;
  readonly children: (close: () => void) => ReactNode;
}

/** A modal dialog, open as long as it is mounted. Esc ends it, and so does a click beside it. */
export function Dialog({ label, className = "", onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    // Not where React mounts twice in development, which would open what is open.
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${className}`}
      aria-label={label}
      onClose={onClose}
      // Esc ends first a menu that is open in it.
      onKeyDownCapture={(event) => {
        const menu = '[aria-haspopup="menu"][aria-expanded="true"]';
        if (event.key === "Escape" && event.currentTarget.querySelector(menu) !== null)
          event.preventDefault();
      }}
      onMouseDown={(event) => event.target === dialog.current && close()}
    >
      {children(close)}
    </dialog>
  );
}

export interface DialogHeadProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Right of all, beside the button that closes; below a narrow head. */
  readonly actions?: ReactNode;
  /** Beside the title. */
  readonly children?: ReactNode;
}

export function DialogHead({ title, onClose, actions, children }: DialogHeadProps) {
  return (
    <header className={styles.head}>
      <h2 className={styles.title}>{title}</h2>
      {children}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      <ActionIcon className={styles.close} onClick={onClose} aria-label="Close">
        <CloseIcon />
      </ActionIcon>
    </header>
  );
}
