import { ExecutorError } from "../executor.ts";
import { createYield } from "../worker/yield.ts";
import type { Kernels } from "./kernels.ts";
import type { LinearMemory } from "./memory.ts";
import { syncBytes, syncLayout } from "./module-page.ts";
import { recordWords } from "./records.ts";
import type { Thread, ThreadHost } from "./thread-host.ts";

/** Times that thread 0 loses its patience (0.1 s, assembly/barrier.ts) before the others count as lost. */
const mostStalls = 600;
/** See assembly/barrier.ts: 2 ms, and where threads outnumber cores, a microsecond. */
const spinTurns = { enoughCores: 2_000_000, tooFew: 1_000 };
/** How long threads that gave up may take to say so: no record takes longer. */
const endMs = 2_000;
const recordBytes = 4 * recordWords;

/**
 * Threads that walk lists of records together. The one that calls `run` is thread 0, so it must be allowed to wait: a
 * worker, or Node. The others sleep between lists. A pool that lost a thread begins anew with the next list.
 */
export class ThreadPool {
  readonly threads: number;
  readonly #kernels: Kernels;
  readonly #memory: LinearMemory;
  readonly #host: ThreadHost;
  readonly #tileRows: number;
  readonly #spinTurns: number;
  readonly #yield = createYield();
  #others: readonly Thread[] = [];
  /** Address of the counters. Every generation of threads has its own: one that hangs cannot count with its successors. */
  #sync = 0;
  /** Why the threads that were started are no longer all there. */
  #lost: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(kernels: Kernels, memory: LinearMemory, host: ThreadHost, threads: number, tileRows: number) {
    this.#kernels = kernels;
    this.#memory = memory;
    this.#host = host;
    this.threads = threads;
    this.#tileRows = tileRows;
    this.#spinTurns = threads > host.cores ? spinTurns.tooFew : spinTurns.enoughCores;
    kernels.setSpinTurns(this.#spinTurns);
  }

  /** Starts the other threads, unless they are there. */
  async start(): Promise<void> {
    if (this.#others.length > 0 && this.#lost === undefined) return;
    await this.end();
    this.#lost = undefined;
    this.#sync = this.#memory.allocate(syncBytes, "the threads' counters");
    const sync = this.#sync;
    this.#memory.bytes(sync, syncBytes).fill(0);
    const { module } = this.#kernels;
    const { memory } = this.#memory;
    const { threads } = this;
    const tileRows = this.#tileRows;
    const spinTurns = this.#spinTurns;
    this.#others = Array.from({ length: threads - 1 }, (_, i) =>
      this.#host.start({ module, memory, thread: i + 1, threads, sync, tileRows, spinTurns }),
    );
    this.#others.forEach(({ ended }, i) => {
      void ended.then((reason) => {
        if (this.#sync === sync) this.#lost ??= `thread ${i + 1} of ${threads} ended: ${reason}`;
      });
    });
    try {
      await Promise.all(this.#others.map(({ ready }) => ready));
    } catch (cause) {
      this.#lost ??= "threads cannot be started";
      await this.end();
      throw new ExecutorError(
        "lost",
        `threads cannot be started: ${cause instanceof Error ? cause.message : cause}`,
        { cause },
      );
    }
  }

  /** Does `count` records at this address; gives 0, or the position (from 1) of what is no record. */
  run(records: number, count: number): Promise<number> {
    // Two sessions may take a step at the same time; there is one set of counters.
    const result = this.#last.then(() => this.#run(records, count));
    this.#last = result.catch(() => {});
    return result;
  }

  /** Ends the other threads and waits for them. */
  async end(): Promise<void> {
    const others = this.#others;
    if (others.length === 0) return;
    const sync = this.#sync;
    this.#others = [];
    this.#sync = 0;
    if (this.#lost === undefined) this.#post(sync, 0, 0);
    else this.#giveUp(sync);
    const gone = Promise.all(others.map(({ ended }) => ended));
    let allGone = await within(gone, endMs);
    for (const thread of others) thread.terminate();
    // What is left of a thread that hung must not write into the next network.
    allGone ||= await within(gone, endMs);
    if (allGone) this.#memory.free(sync);
  }

  async #run(records: number, count: number): Promise<number> {
    await this.start();
    const sync = this.#sync;
    this.#post(sync, records, count);
    try {
      let result = this.#kernels.run(records, count, 0, this.threads, sync);
      for (let done = 0; result < 0; ) {
        done -= result;
        await this.#wait(sync);
        result = done === count ? 0 : this.#walkOn(records, count, done, sync);
      }
      // Threads that met something that is no record have ended.
      if (result !== 0) this.#lost = "a list of records had one that is none";
      return result;
    } catch (error) {
      this.#lost ??= `thread 0 failed: ${error instanceof Error ? error.message : error}`;
      const reason = this.#lost;
      await this.end();
      throw new ExecutorError("interrupted", `a step could not be finished: ${reason}`, { cause: error });
    }
  }

  #walkOn(records: number, count: number, done: number, sync: number): number {
    const result = this.#kernels.run(records + recordBytes * done, count - done, 0, this.threads, sync);
    return result > 0 ? result + done : result;
  }

  /**
   * Until the others have come to the barrier too. What ended a thread is only heard in between. Sleepers are woken once
   * more: should an engine ever lose a wake-up, it costs a moment instead of the step.
   */
  async #wait(sync: number): Promise<void> {
    const words = this.#memory.words(sync, syncBytes / 4);
    for (let stalls = 0; stalls < mostStalls; stalls++) {
      await this.#yield();
      if (this.#lost !== undefined) throw new Error(this.#lost);
      Atomics.notify(words, syncLayout.job / 4);
      Atomics.notify(words, syncLayout.generation / 4);
      if (this.#kernels.waitOn(sync) === 0) return;
    }
    this.#lost = "a thread did not come to the barrier";
    throw new Error(this.#lost);
  }

  #post(sync: number, records: number, count: number): void {
    const words = this.#memory.words(sync, syncBytes / 4);
    words[syncLayout.jobRecords / 4] = records;
    words[syncLayout.jobCount / 4] = count;
    Atomics.add(words, syncLayout.job / 4, 1);
    Atomics.notify(words, syncLayout.job / 4);
  }

  /** Threads at a barrier, or on their way to one, end there. */
  #giveUp(sync: number): void {
    const words = this.#memory.words(sync, syncBytes / 4);
    Atomics.store(words, syncLayout.aborted / 4, 1);
    Atomics.add(words, syncLayout.generation / 4, 1);
    Atomics.notify(words, syncLayout.generation / 4);
    this.#post(sync, 0, 0);
  }
}

/** Whether the promise resolves in this time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const inTime = await Promise.race([promise.then(() => true), patience]);
  clearTimeout(timer);
  return inTime;
}
