import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Thread, ThreadHost, ThreadStart } from "./thread-host.ts";

/** Worker threads of Node. */
export function nodeThreads(): ThreadHost {
  const cores = availableParallelism();
  return { cores, suggested: cores, start };
}

function start(workerData: ThreadStart): Thread {
  // None of this process's flags: a loader of TypeScript among them would be started in every thread.
  const worker = new Worker(new URL("./node/thread.mjs", import.meta.url), { workerData, execArgv: [] });
  let failure: Error | undefined;
  worker.once("error", (error) => {
    failure = error;
  });
  const ended = new Promise<string>((resolve) => {
    worker.once("exit", (code) => resolve(failure?.message ?? `exit code ${code}`));
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => {
      // From now on it ends with the program, and does not keep it alive.
      worker.unref();
      resolve();
    });
    void ended.then((reason) => reject(new Error(reason)));
  });
  return { ready, ended, terminate: () => void worker.terminate() };
}
