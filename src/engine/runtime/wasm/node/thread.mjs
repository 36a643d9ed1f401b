import { parentPort, workerData } from "node:worker_threads";

// One thread of the pool, for Node. Plain JavaScript: worker threads do not inherit what compiles TypeScript. Its twin
// for browsers is ../web-thread.ts, its other end ../node-threads.ts.

/** @type {import("../thread-host.ts").ThreadStart} */
const { module, memory, thread, threads, sync, tileRows, spinTurns } = workerData;
const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
const { setTileRows, setSpinTurns, work } =
  /** @type {{ setTileRows(rows: number): void, setSpinTurns(turns: number): void, work(...numbers: number[]): number }} */ (
    /** @type {unknown} */ (exports)
  );
setTileRows(tileRows);
setSpinTurns(spinTurns);
parentPort?.postMessage({ type: "ready" });
// Sleeps and works in there until the pool ends.
work(thread, threads, sync);
