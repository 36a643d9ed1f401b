import { Fragment, type ReactNode } from "react";
import styles from "./facts.module.css";

export interface Fact {
  readonly key: string;
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly hint?: string;
}

/** Names left, values right. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ key, label, value, hint }) => (
        <Fragment key={key}>
          <dt title={hint}>{label}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
