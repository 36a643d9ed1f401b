/** What a thread is started with. It instantiates the module on the memory and calls `work(thread, threads, sync)`. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** From 1; 0 is the thread that starts the others. */
  readonly thread: number;
  readonly threads: number;
  /** Address of the counters they meet at: syncLayout in module-page.ts. */
  readonly sync: number;
  readonly tileRows: number;
  readonly spinTurns: number;
}

export interface Thread {
  /** Resolves when it is about to work; rejects where it cannot. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, with the reason. */
  readonly ended: Promise<string>;
  terminate(): void;
}

/** How threads are had here: node-threads.ts, web-threads.ts. */
export interface ThreadHost {
  /** What can run at once. */
  readonly cores: number;
  /** How many are worth having, the starting one included. */
  readonly suggested: number;
  /** Why there cannot be more than one, in words for people. */
  readonly note?: string;
  start(start: ThreadStart): Thread;
}

/** What a thread posts. */
export type ThreadMessage = { readonly type: "ready" } | { readonly type: "ended"; readonly reason: string };
