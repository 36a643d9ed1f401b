import { formatPercent } from "../../../charts/format.ts";
import type { DrawnPopulation } from "../../../engine/sweep/study.ts";
import styles from "./setup.module.css";
import { usePreview } from "./use-preview.ts";

/** How many draws of the space the budget lets through, asked of the worker while the set-up changes. */
export function AcceptanceText({ population }: { readonly population: DrawnPopulation }) {
  // The count does not change what is drawn.
  const preview = usePreview({ ...population, count: 1 });
  if (preview.state === "impossible")
    return (
      <p className={styles.fieldError} role="alert">
        {preview.message}
      </p>
    );
  const text =
    preview.state === "known"
      ? `${acceptedShare(preview.preview.accepted, preview.preview.drawn)} of draws accepted`
      : "drawing samples …";
  return <p className={styles.small}>{text}</p>;
}

export function acceptedShare(accepted: number, drawn: number): string {
  const share = drawn === 0 ? 0 : accepted / drawn;
  return formatPercent(share, share < 0.1 ? 1 : 0);
}
