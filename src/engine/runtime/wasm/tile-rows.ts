import type { Kernels } from "./kernels.ts";
import { Program } from "./lower/program.ts";
import type { LinearMemory } from "./memory.ts";

/** A product like those of a small network. */
const rows = 480;
const depth = 64;
const columns = 64;
/**
 * Engines compile twice, and nobody says when the optimized code is in place; on a busy machine that takes long. So
 * timing ends once neither height became faster for a while.
 */
const leastMs = 20;
const mostMs = 400;
const quietCalls = 60;

/**
 * 6 or 4 rows, whichever this engine's register allocation likes better: 6 is up to 8 % faster in Chromium, 4 is 30 to
 * 70 % faster in Node 20. 20 to 60 ms, once; also the kernels' warm-up.
 */
export function chooseTileRows(kernels: Kernels, memory: LinearMemory): 4 | 6 {
  const length = rows * depth + depth * columns + rows * columns;
  const program = new Program(
    {
      buffers: [{ name: "activations", length }],
      tensors: [
        { name: "a", buffer: "activations", offset: 0, length: rows * depth },
        { name: "w", buffer: "activations", offset: rows * depth, length: depth * columns },
        { name: "c", buffer: "activations", offset: rows * depth + depth * columns, length: rows * columns },
      ],
    },
    1,
  );
  program.emit("gemm", {
    a: program.at(0),
    view: 0,
    w: program.at(1),
    c: program.at(2),
    init: 0,
    initRowBytes: 0,
    rows,
    depth,
    columns,
    blockRows: 48,
    after: 0,
    scratch: 0,
    scratchBytes: 0,
  });
  const base = memory.allocate(program.bytes, "choosing a tile");
  memory.bytes(base, program.bytes).fill(0);
  program.encode(memory.memory.buffer, base);
  const record = base + program.offsetOfRecord(0);
  const time = (height: 4 | 6) => {
    kernels.setTileRows(height);
    const start = performance.now();
    kernels.run(record, 1, 0, 1, 0);
    return performance.now() - start;
  };
  const best = { 4: Number.POSITIVE_INFINITY, 6: Number.POSITIVE_INFINITY };
  const start = performance.now();
  for (let quiet = 0, elapsed = 0; elapsed < leastMs || (quiet < quietCalls && elapsed < mostMs); quiet++) {
    // Clocks of browsers may be as coarse as 0.1 ms; a call takes about that long.
    for (const height of [4, 6] as const) {
      const ms = time(height);
      if (ms < 0.9 * best[height]) quiet = 0;
      best[height] = Math.min(best[height], ms);
    }
    elapsed = performance.now() - start;
  }
  memory.free(base);
  return best[6] < best[4] ? 6 : 4;
}
