/** Longest stretch of work before the page gets its turn, milliseconds. */
const slice = 6;

/**
 * Runs `work` when the page has nothing else to do, again and again until it returns false or is cancelled. Safari has no
 * idle callbacks: there a timer gives way to input all the same.
 */
export function whenIdle(work: () => boolean): () => void {
  const request = globalThis.requestIdleCallback;
  let cancelled = false;
  const next = () => {
    if (request === undefined) setTimeout(run, 1);
    else request(run, { timeout: 400 });
  };
  const run = () => {
    const end = performance.now() + slice;
    while (!cancelled && performance.now() < end) if (!work()) return;
    if (!cancelled) next();
  };
  next();
  return () => {
    cancelled = true;
  };
}
