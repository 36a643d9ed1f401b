/**
 * Rests for some milliseconds. In a browser's worker by Atomics.wait, which no browser stretches: timers of hidden pages
 * may fire once a second or once a minute, and some browsers count a page's workers in. Elsewhere (Node, whose timers are
 * exact and whose main thread must hear signals) by a timer.
 */
export function createRest(): (ms: number) => Promise<void> {
  const word = waitable();
  if (word === undefined) return (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  return async (ms) => {
    Atomics.wait(word, 0, 0, ms);
  };
}

/** A word to wait at; undefined where this thread may not wait. */
function waitable(): Int32Array | undefined {
  if (!("WorkerGlobalScope" in globalThis)) return undefined;
  try {
    // A page that is not cross-origin isolated has no SharedArrayBuffer to construct, but WebAssembly gives one.
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const word = new Int32Array(buffer);
    Atomics.wait(word, 0, 0, 0);
    return word;
  } catch {
    return undefined;
  }
}
