import type { ClaimStudy } from "../../engine/sweep/study-claim.ts";

/**
 * The worker that runs a study holds a lock of its name (Web Locks), so that no two tabs run it at once. It ends with the
 * worker, also with one that is killed.
 */
const prefix = "designscape study ";

/** In the worker. Absent where the page is not in a secure context: there is no telling then. */
export const claimStudy: ClaimStudy = (studyId) => {
  const { locks } = navigator;
  if (locks === undefined) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null) => {
      if (lock === null) return resolve(undefined);
      return new Promise<void>((release) => resolve(() => release()));
    };
    locks.request(prefix + studyId, { ifAvailable: true }, held).catch(reject);
  });
};

/** Ids of the studies that run in any tab. */
export async function lockedStudies(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

/** Resolves when nobody runs the study any more; rejects when the signal ends the waiting. */
export async function studyReleased(studyId: string, signal: AbortSignal): Promise<void> {
  // Shared: many may wait, and none of them keeps the next run out for longer than a moment.
  await navigator.locks?.request(prefix + studyId, { signal, mode: "shared" }, () => {});
}
