import type { ClaimStudy } from "../../engine/sweep/study-claim.ts";

/**
 * The worker that runs a study holds a lock of its name (Web Locks), so that no two tabs run it at once. It ends with the
 * worker, also with one that is killed. Tabs that wait for that end share the lock for a moment, which is no claim.
 */
const prefix = "designscape study ";
/** How often a claim is tried again while tabs that waited have the lock. */
const retryMs = 10;

/** In the worker. Absent where the page is not in a secure context: there is no telling then. */
export const claimStudy: ClaimStudy = async (studyId) => {
  if (navigator.locks === undefined) return () => {};
  for (;;) {
    const release = await takeLock(studyId);
    if (release !== undefined || (await lockedStudies()).has(studyId)) return release;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
};

/** Gives what ends the lock, or undefined where somebody has it. */
function takeLock(studyId: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null) => {
      if (lock === null) return resolve(undefined);
      return new Promise<void>((release) => resolve(() => release()));
    };
    navigator.locks.request(prefix + studyId, { ifAvailable: true }, held).catch(reject);
  });
}

/** Ids of the studies that run in any tab. */
export async function lockedStudies(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const claims = held.filter(({ mode }) => mode === "exclusive");
  return new Set(claims.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

/** Resolves when nobody runs the study any more; rejects when the signal ends the waiting. */
export async function studyReleased(studyId: string, signal: AbortSignal): Promise<void> {
  // Shared: many may wait at once.
  await navigator.locks?.request(prefix + studyId, { signal, mode: "shared" }, () => {});
}
