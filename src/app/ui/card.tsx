import { type ReactNode, useId } from "react";
import styles from "./card.module.css";

export interface CardProps {
  readonly title: ReactNode;
  /** Beside the title, quieter: what the card shows. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A titled region of the page. */
export function Card({ title, note, actions, className, children }: CardProps) {
  const id = useId();
  return (
    <section className={`${styles.card} ${className ?? ""}`} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {note !== undefined && <span className={styles.note}>{note}</span>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}
