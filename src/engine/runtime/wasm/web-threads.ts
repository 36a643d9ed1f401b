import type { Thread, ThreadHost, ThreadMessage, ThreadStart } from "./thread-host.ts";

/** More threads than this gain little on networks this small, and the page's own work wants a core, too. */
const mostSuggested = 8;

/** Workers of a worker. A page's main thread cannot be thread 0: it may not wait. */
export function webThreads(): ThreadHost {
  const cores = navigator.hardwareConcurrency;
  if (!globalThis.crossOriginIsolated)
    return {
      cores,
      suggested: 1,
      note: "Training on one thread: the server that this page came from sends no headers for cross-origin isolation.",
      start,
    };
  return { cores, suggested: Math.min(cores, mostSuggested), start };
}

function start(settings: ThreadStart): Thread {
  // Written in place, which is how the bundler knows that this is a worker.
  const worker = new Worker(new URL("./web-thread.ts", import.meta.url), { type: "module" });
  let begin = () => {};
  let end: (reason: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const ready = new Promise<void>((resolve, reject) => {
    begin = resolve;
    void ended.then((reason) => reject(new Error(reason)));
  });
  worker.addEventListener("message", ({ data }: MessageEvent<ThreadMessage>) => {
    if (data.type === "ready") begin();
    else end(data.reason);
  });
  // A script that cannot be loaded has no message.
  worker.addEventListener("error", ({ message }) => end(message || "its script could not be loaded"));
  worker.postMessage(settings);
  const terminate = () => {
    worker.terminate();
    // A worker that is terminated says nothing.
    end("terminated");
  };
  return { ready, ended, terminate };
}
