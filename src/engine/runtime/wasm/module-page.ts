/**
 * The module's own first page: its constants below `tileArea`, then `tileBytes` for each thread, where a tile that is
 * only partly wanted (fewer than 8 columns) is put before the wanted part is copied.
 */
export const reservedBytes = 65536;
export const tileArea = 16384;
export const tileBytes = 256;
export const maxThreads = (reservedBytes - tileArea) / tileBytes;

/**
 * Byte offsets of the counters that threads meet at (assembly/barrier.ts), a cache line for each that is written often.
 * All zero when a pool of threads begins.
 */
export const syncLayout = {
  /** Jobs posted so far; who has nothing to do sleeps here. */
  job: 0,
  /** Of the last job: address and number of its records. No records: the pool ends. */
  jobRecords: 4,
  jobCount: 8,
  /** Threads at the barrier. */
  arrived: 64,
  /** Barriers passed. */
  generation: 128,
  /** Not 0 once the pool has failed: whoever passes a barrier gives up. */
  aborted: 132,
  /** Threads asleep at the barrier. */
  sleepers: 192,
} as const;
export const syncBytes = 256;
