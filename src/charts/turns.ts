/** Runs tasks one after another, each in a task of the event loop of its own. */
export interface Turns {
  /** Gives what takes the task out of the queue again. */
  add(task: () => void): () => void;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let scheduled = false;

  const next = () => {
    scheduled = false;
    waiting.shift()?.();
    schedule();
  };
  const schedule = () => {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setTimeout(next);
  };
  return {
    add(task) {
      waiting.push(task);
      schedule();
      return () => {
        const at = waiting.indexOf(task);
        if (at >= 0) waiting.splice(at, 1);
      };
    },
  };
}
