import { type ReactNode, useId } from "react";
import frame from "../../charts/page/frame.module.css";

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
    <section className={`${frame.frame} ${className ?? ""}`} aria-labelledby={id}>
      <div className={frame.head}>
        <h2 id={id} className={frame.title}>
          {title}
        </h2>
        {note !== undefined && <span className={frame.note}>{note}</span>}
        {actions !== undefined && <div className={frame.actions}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}
