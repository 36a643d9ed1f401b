import type { RunControl } from "../engine/runtime/worker/control.ts";
import { printNote } from "./output.ts";

/** While `work` runs, the first Ctrl-C stops it cleanly; a second one ends the program at once. */
export async function stopOnInterrupt<T>(control: RunControl, work: () => Promise<T>): Promise<T> {
  const stop = () => {
    printNote("stopping after this step; what is recorded stays (Ctrl-C again: at once)");
    control.stop();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  // once(): the next signal meets Node's own handler.
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
}
