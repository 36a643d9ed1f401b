import type { TrialRow } from "./trial-rows.ts";

/** `141 done · 2 diverged · 12 at a rung · 49 to come`: only what there is. */
export function countText(rows: readonly Pick<TrialRow, "status">[], total: number): string {
  const count = (...statuses: readonly TrialRow["status"][]) =>
    rows.filter(({ status }) => statuses.includes(status)).length;
  const parts = [
    [count("done"), "done"],
    [count("training"), "training"],
    [count("diverged"), "diverged"],
    [count("failed"), "failed"],
    [count("cut"), "cut"],
    [count("waits"), "at a rung"],
    [count("stopped", "interrupted"), "not finished"],
    [Math.max(0, total - rows.length), "to come"],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(" · ");
}
