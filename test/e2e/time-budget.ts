/**
 * Most milliseconds that a measured task may take. `npm run bench:page` holds the page to the number itself; the gate to
 * four times as much, which still tells training on the page's own thread from training in its worker, and does not fail
 * because another program heats the processor's caches.
 */
export function timeBudget(ms: number): number {
  return process.env.STRICT_TIMES ? ms : 4 * ms;
}
