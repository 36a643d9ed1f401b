import { Facts } from "../../ui/facts.tsx";
import { MathText } from "../../ui/math-text.tsx";
import type { Derived } from "../families/family.ts";
import styles from "./knobs.module.css";

/** What follows from the knobs. */
export function DerivedFacts({ derived }: { readonly derived: readonly Derived[] }) {
  return (
    <div className={styles.derived}>
      <h3 className={styles.sectionTitle}>It follows</h3>
      <Facts
        facts={derived.map(({ symbol, label, text }) => ({
          key: symbol,
          label: (
            <>
              <i>{symbol}</i> <span className={styles.small}>{<MathText text={label} />}</span>
            </>
          ),
          value: text,
        }))}
      />
    </div>
  );
}
