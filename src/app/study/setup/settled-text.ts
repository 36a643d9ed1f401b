import { isSettled, type Trial, type TrialStatus } from "../../../engine/sweep/trial.ts";

const endings = [
  ["done", "trained"],
  ["diverged", "diverged"],
  ["failed", "failed"],
  ["cut", "cut"],
] as const satisfies readonly (readonly [TrialStatus, string])[];

/** `6 of 8 trained`; where some ended otherwise than trained, `8 of 8 settled: 2 trained, 6 cut`. */
export function settledText(trials: Iterable<Pick<Trial, "status">>, total: number): string {
  const settled = [...trials].filter(isSettled);
  const counts = endings
    .map(([status, word]) => [settled.filter((trial) => trial.status === status).length, word] as const)
    .filter(([n]) => n > 0);
  const of = `${Math.min(settled.length, total)} of ${total}`;
  if (counts.every(([, word]) => word === "trained")) return `${of} trained`;
  return `${of} settled: ${counts.map(([n, word]) => `${n} ${word}`).join(", ")}`;
}
