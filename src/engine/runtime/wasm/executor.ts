import type { Plan } from "../../plan/plan.ts";
import {
  type Executor,
  ExecutorError,
  type ModelState,
  type ResidentImages,
  type Room,
} from "../executor.ts";
import { WasmImages } from "./images.ts";
import { instantiateKernels, type KernelBuild, type LoadKernels } from "./kernels.ts";
import { type LoweredPlan, lowerPlan } from "./lower/plan-program.ts";
import { LinearMemory } from "./memory.ts";
import { maxThreads } from "./module-page.ts";
import { type SessionOptions, WasmSession } from "./session.ts";
import type { ThreadHost } from "./thread-host.ts";
import { ThreadPool } from "./thread-pool.ts";
import { chooseTileRows } from "./tile-rows.ts";

export interface WasmExecutorOptions extends SessionOptions {
  readonly loadKernels: LoadKernels;
  /** "auto" takes relaxed SIMD where it is. */
  readonly build?: KernelBuild | "auto";
  /** The same bits on every machine: takes the build without relaxed SIMD, which every processor rounds alike. */
  readonly reproducible?: boolean;
  /** 1 where not given; "auto": as many as the host suggests. The results are the same. */
  readonly threads?: number | "auto";
  /** Needed for more than one thread: node-threads.ts, web-threads.ts. */
  readonly host?: ThreadHost;
  /** Rows of a register tile; chosen by a short timing where not given. The results are the same. */
  readonly tileRows?: 4 | 6;
  /** Most bytes of linear memory, below 4 GB. */
  readonly memoryLimit?: number;
}

export interface WasmExecutor extends Executor {
  readonly kind: "wasm";
  readonly threads: number;
  readonly tileRows: 4 | 6;
  /** Linear memory as it has grown. */
  readonly memoryBytes: number;
  room(plan: Plan): Room;
  load(plan: Plan, state: ModelState): Promise<WasmSession>;
}

const gigabyte = 2 ** 30;

/**
 * SIMD kernels over one linear memory. What is where in it: lower/program.ts; what runs: assembly/. Where threads cannot
 * be had, one does all the work, and `note` says why.
 */
export async function createWasmExecutor(options: WasmExecutorOptions): Promise<WasmExecutor> {
  const { threads, note } = wantedThreads(options);
  if (threads === 1) return open(options, 1, note);
  try {
    return await open(options, threads);
  } catch (error) {
    // Bytes that are missing or do not compile are missing or do not compile for one thread, too.
    const reason = error instanceof Error ? error.message : String(error);
    return open(options, 1, `Training on one thread instead of ${threads}: ${reason}`);
  }
}

function wantedThreads({ threads = 1, host }: WasmExecutorOptions): { threads: number; note?: string } {
  if (threads === "auto")
    return { threads: host?.suggested ?? 1, ...(host?.note ? { note: host.note } : {}) };
  if (!Number.isInteger(threads) || threads < 1 || threads > maxThreads)
    throw new ExecutorError("misuse", `${threads} threads: a whole number from 1 to ${maxThreads} is needed`);
  if (threads > 1 && host?.note !== undefined) return { threads: 1, note: host.note };
  return { threads };
}

async function open(options: WasmExecutorOptions, threads: number, note?: string): Promise<WasmExecutor> {
  const { loadKernels, host, reproducible = false } = options;
  const build = reproducible ? "simd" : (options.build ?? "auto");
  const memory = new LinearMemory(options.memoryLimit ?? 2 * gigabyte, threads > 1);
  const kernels = await instantiateKernels(loadKernels, build, memory.memory, threads > 1);
  const tileRows = options.tileRows ?? chooseTileRows(kernels, memory);
  kernels.setTileRows(tileRows);
  let pool: ThreadPool | undefined;
  if (threads > 1) {
    if (host === undefined) throw new ExecutorError("unsupported", "no way to start threads was given");
    pool = new ThreadPool(kernels, memory, host, threads, tileRows);
    await pool.start();
  }
  // Whoever asked for the room of a plan loads it next.
  const lowered = new WeakMap<Plan, LoweredPlan>();
  const lower = (plan: Plan): LoweredPlan => {
    const known = lowered.get(plan) ?? lowerPlan(plan, pool?.threads ?? options.shares ?? 1);
    lowered.set(plan, known);
    return known;
  };
  let disposed = false;
  const check = () => {
    if (disposed) throw new ExecutorError("misuse", "this executor has been disposed of");
  };
  return {
    kind: "wasm",
    device: [
      `wasm ${kernels.build === "relaxed" ? "relaxed-simd" : "simd"}`,
      `${threads} thread${threads > 1 ? "s" : ""}`,
      ...(reproducible ? ["reproducible"] : []),
    ].join(", "),
    threads,
    ...(note === undefined ? {} : { note }),
    tileRows,
    get memoryBytes() {
      return memory.memory.buffer.byteLength;
    },
    room: (plan: Plan) => ({ needed: lower(plan).program.bytes, available: memory.available }),
    attach: async (images: ResidentImages) => {
      check();
      return new WasmImages(memory, images);
    },
    load: async (plan: Plan, state: ModelState) => {
      check();
      return new WasmSession(kernels, memory, plan, lower(plan), state, options, pool);
    },
    dispose: async () => {
      // The garbage collector frees the memory with the executor.
      disposed = true;
      await pool?.end();
    },
  };
}
