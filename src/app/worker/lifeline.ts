/**
 * A worker that is killed (by the browser, for memory; by a crash) tells nobody: no event reaches the page. But a lock it
 * held is released. So the worker holds one for as long as it lives, and the page waits for it.
 */

/** In the worker: takes the lock and never gives it back. */
export function holdLifeline(name: string): void {
  // Absent where the page is not in a secure context.
  void navigator.locks?.request(name, () => new Promise(() => {}));
}

const retryMs = 200;

/** In the page: calls back when the worker no longer holds the lock, once it did. */
export async function watchLifeline(name: string, onEnd: () => void, signal: AbortSignal): Promise<void> {
  const { locks } = navigator;
  if (locks === undefined) return;
  while (!(await isHeld(locks, name))) {
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    if (signal.aborted) return;
  }
  await locks.request(name, { signal }, onEnd).catch(() => {
    // Aborted: the page itself ended the worker.
  });
}

async function isHeld(locks: LockManager, name: string): Promise<boolean> {
  const { held = [] } = await locks.query();
  return held.some((lock) => lock.name === name);
}
