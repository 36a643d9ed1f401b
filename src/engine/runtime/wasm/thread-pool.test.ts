import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { createRng } from "../../math/rng.ts";
import { instantiateKernels } from "./kernels.ts";
import { Program } from "./lower/program.ts";
import { LinearMemory } from "./memory.ts";
import { syncLayout } from "./module-page.ts";
import { nodeKernels } from "./node-kernels.ts";
import { nodeThreads } from "./node-threads.ts";
import { fieldWord, recordWords } from "./records.ts";
import { ThreadPool } from "./thread-pool.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../../../public/kernels", import.meta.url)));

/** How many sleepers each notification woke. */
const notified = vi.spyOn(Atomics, "notify");
afterAll(() => notified.mockRestore());

/**
 * Sleepers that were woken only when thread 0 had waited long for them: the wake-up of their list got lost. One that sleeps
 * at a barrier of three threads may wait for a thread that is only slow.
 */
function wokenLate(threads: number): number {
  const late = notified.mock.calls.map(([, word], i) => {
    const { type, value } = notified.mock.results[i]!;
    const waitsRightly = threads > 2 && word === syncLayout.generation / 4;
    return type !== "return" || waitsRightly ? 0 : value;
  });
  return late.reduce((sum, woken) => sum + woken, 0);
}

test.each([2, 3])(
  "%i threads: short lists with pauses of all lengths between them are all done, and no wake-up gets lost",
  async (threads) => {
    const lists = 2_000;
    const memory = new LinearMemory(2 ** 28, true);
    const kernels = await instantiateKernels(loadKernels, "auto", memory.memory, true);
    const length = 64 * threads;
    const tensors = [{ name: "a", buffer: "activations", offset: 0, length }] as const;
    const program = new Program({ buffers: [{ name: "activations", length }], tensors }, threads);
    const records = 3;
    for (let i = 0; i < records; i++) program.emit("fill", { out: program.at(0), length, value: 0 });
    const base = memory.allocate(program.bytes, "the test");
    program.encode(memory.memory.buffer, base);
    const last = base + program.offsetOfRecord(records - 1);
    const value = () => memory.floats(last, recordWords);
    let begun = false;
    const run: typeof kernels.run = (...given) => {
      if (!begun) notified.mockClear();
      begun = true;
      return kernels.run(...given);
    };
    const pool = new ThreadPool({ ...kernels, run }, memory, nodeThreads(), threads, 4);
    const rng = createRng(5, "pauses");
    let late = 0;
    for (let list = 1; list <= lists; list++) {
      // None: the others still spin, or are about to sleep. A task: they fall asleep. Milliseconds: they sleep.
      const length = rng.float();
      if (length < 0.1) await pause(2 * rng.float());
      else if (length < 0.5) await pause(0);
      // Growing interrupts sleepers.
      if (list % 100 === 0) memory.memory.grow(1);
      value()[fieldWord("fill", "value")] = list;
      begun = false;
      expect(await pool.run(base + program.offsetOfRecord(0), records)).toBe(0);
      late += wokenLate(threads);
      const filled = memory.floats(base + program.offsetOf(program.at(0)), 64 * threads);
      if (filled.some((each) => each !== list)) throw new Error(`list ${list} was not done by all`);
    }
    expect(late).toBe(0);
    await pool.end();
  },
);
