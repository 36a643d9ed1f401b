import type { ThreadMessage, ThreadStart } from "./thread-host.ts";

/** One thread of the pool, a dedicated worker. Its twin for Node is node/thread.mjs, its other end web-threads.ts. */
self.addEventListener("message", ({ data }: MessageEvent<ThreadStart>) => void serve(data), { once: true });

async function serve({
  module,
  memory,
  thread,
  threads,
  sync,
  tileRows,
  spinTurns,
}: ThreadStart): Promise<void> {
  let reason = "the pool ended";
  try {
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    const { setTileRows, setSpinTurns, work } = exports as Record<string, (...numbers: number[]) => number>;
    setTileRows?.(tileRows);
    setSpinTurns?.(spinTurns);
    tell({ type: "ready" });
    // Sleeps and works in there until the pool ends.
    work?.(thread, threads, sync);
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  tell({ type: "ended", reason });
  self.close();
}

function tell(message: ThreadMessage): void {
  self.postMessage(message);
}
