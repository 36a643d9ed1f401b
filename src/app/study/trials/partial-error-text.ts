import { reportedEpoch } from "../../../engine/training/reported-epoch.ts";
import type { TrialRow } from "./trial-rows.ts";

/** What the error of a trial that is not trained to its end is; undefined where it has none. */
export function partialErrorText(row: Pick<TrialRow, "status" | "epochs" | "regime">): string | undefined {
  const { status, epochs, regime } = row;
  if (status === "done" || status === "diverged" || status === "failed") return undefined;
  const epoch = reportedEpoch(epochs)?.epoch;
  if (epoch === undefined) return undefined;
  const after = `test error at epoch ${epoch}, after ${epochs.length} of ${regime.epochs} epochs`;
  return status === "cut" ? `${after}, where it was cut; it counts in no statistic` : after;
}
