/**
 * Gathers changes and applies them together, at most once per `interval` milliseconds: a worker reports more often than
 * a page should draw. `flush` applies what waits at once.
 */
export interface Batcher<T> {
  add(change: T): void;
  flush(): void;
  cancel(): void;
}

export function createBatcher<T>(interval: number, apply: (changes: readonly T[]) => void): Batcher<T> {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Number.NEGATIVE_INFINITY;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const changes = waiting;
    waiting = [];
    last = performance.now();
    apply(changes);
  };
  return {
    add(change) {
      waiting.push(change);
      timer ??= setTimeout(flush, Math.max(0, last + interval - performance.now()));
    },
    flush,
    cancel() {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
    },
  };
}
