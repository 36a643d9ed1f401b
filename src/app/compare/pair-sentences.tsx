import type { PairFinding } from "../../engine/analysis/comparison-table.ts";
import { Card } from "../ui/card.tsx";
import styles from "./compare.module.css";

/** Who is better, and is it noise: one computed sentence a pair. */
export function PairSentences({
  pairs,
  baseline,
}: {
  readonly pairs: readonly PairFinding[];
  readonly baseline: string;
}) {
  if (pairs.length === 0) return null;
  return (
    <Card
      title="Who is better, and is it noise?"
      note={pairs.length > 1 ? `each against ${baseline}; p corrected for ${pairs.length} pairs` : undefined}
      className={styles.sentences}
    >
      <ul data-testid="pairs">
        {pairs.map(({ names: [a, b], comparison }) => (
          <li key={b} data-verdict={comparison.found ? comparison.value.verdict : "missing"}>
            {comparison.found ? (
              comparison.value.sentence
            ) : (
              <>
                {a} and {b} cannot be compared: {comparison.message}
              </>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
