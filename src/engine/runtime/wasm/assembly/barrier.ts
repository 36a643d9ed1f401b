import { ABORTED, ARRIVED, GENERATION, JOB, SLEEPERS } from "./records";

// How threads wait for each other: counters at `sync` (../module-page.ts, syncLayout). In builds without threads nothing of
// this is left.

/**
 * Turns before a thread sleeps: a barrier inside a step takes a microsecond, waking a sleeper twenty times as long. But
 * where cores are taken by others, a thread that spins keeps the one it waits for from running (measured: a step takes
 * 4 to 6 times as long). So the limit falls where spinning was in vain, and rises again where it was not.
 */
const MOST_TURNS = 2_000_000;
const LEAST_TURNS = 1_000;
let mostTurns: i32 = MOST_TURNS;
let turns: i32 = MOST_TURNS;

/** Where threads outnumber cores, somebody always spins in vain. */
export function setSpinTurns(limit: i32): void {
  mostTurns = limit;
  turns = limit;
}

/** How long the coordinating thread sleeps before it looks whether the others still live. They sleep until woken. */
const PATIENCE_NS: i64 = 100_000_000;
const NO_LIMIT: i64 = -1;

/** What a barrier ends with. */
export const PASSED: i32 = 0;
export const STALLED: i32 = 1;
export const GIVEN_UP: i32 = 2;

/** The last to come opens it for all: by a new generation, which the others watch. */
export function barrier(sync: usize, thread: i32, threads: i32): i32 {
  if (!ASC_FEATURE_THREADS || threads == 1 || !sync) return PASSED;
  const generation = atomic.load<i32>(sync + GENERATION);
  // Who comes late to a pool that gave up has missed the generation that told so.
  if (atomic.load<i32>(sync + ABORTED)) return GIVEN_UP;
  if (atomic.add<i32>(sync + ARRIVED, 1) != threads - 1) return opened(sync, generation, thread);
  atomic.store<i32>(sync + ARRIVED, 0);
  atomic.store<i32>(sync + GENERATION, generation + 1);
  // Who is about to sleep has been counted before, or sees the new generation.
  if (atomic.load<i32>(sync + SLEEPERS)) atomic.notify(sync + GENERATION, -1);
  return atomic.load<i32>(sync + ABORTED) ? GIVEN_UP : PASSED;
}

/** The generation that the coordinating thread has last waited for the end of. */
let awaited: i32 = 0;

function opened(sync: usize, generation: i32, thread: i32): i32 {
  const at = sync + GENERATION;
  for (let turn = 0; turn < turns && atomic.load<i32>(at) == generation; turn++) {}
  if (thread == 0) awaited = generation;
  const inVain = atomic.load<i32>(at) == generation;
  turns = inVain ? max(min(LEAST_TURNS, mostTurns), turns >> 3) : min(mostTurns, turns << 1);
  while (atomic.load<i32>(at) == generation) {
    atomic.add<i32>(sync + SLEEPERS, 1);
    atomic.wait<i32>(at, generation, thread == 0 ? PATIENCE_NS : NO_LIMIT);
    atomic.sub<i32>(sync + SLEEPERS, 1);
    if (thread == 0 && atomic.load<i32>(at) == generation) return STALLED;
  }
  return atomic.load<i32>(sync + ABORTED) ? GIVEN_UP : PASSED;
}

/** Thread 0, which stood at a barrier and lost its patience, goes on waiting there. */
export function waitOn(sync: usize): i32 {
  if (!ASC_FEATURE_THREADS) return PASSED;
  return opened(sync, awaited, 0);
}

/** Sleeps until there is another job than `seen`; its number. Who posts one stores its number before waking sleepers. */
export function nextJob(sync: usize, seen: i32): i32 {
  if (!ASC_FEATURE_THREADS) return seen;
  const at = sync + JOB;
  while (atomic.load<i32>(at) == seen) atomic.wait<i32>(at, seen, NO_LIMIT);
  return atomic.load<i32>(at);
}
