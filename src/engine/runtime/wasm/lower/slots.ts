import type { Pointer, Program } from "./program.ts";

/**
 * Sums over rows are cut into slots: as many as keep 16 threads busy, never more than there are blocks of rows. Shapes
 * alone decide, so that no result depends on the number of threads.
 */
const busyThreads = 16;

export interface Slots {
  readonly slots: Pointer;
  readonly slotCount: number;
  readonly slotBytes: number;
}

/** @param perSlot units of work that one slot is cut into besides. */
export function slotCountFor(blocks: number, perSlot = 1): number {
  return Math.max(1, Math.min(blocks, Math.ceil(busyThreads / perSlot)));
}

/**
 * The fewest slots whose units leave at most a twentieth of 16 threads' time idle; for sums whose slots are small. Fewer
 * threads idle less.
 */
export function evenSlotCount(blocks: number, perSlot: number): number {
  for (let slots = slotCountFor(blocks, perSlot); slots < Math.min(blocks, busyThreads); slots++) {
    const turns = Math.ceil((slots * perSlot) / busyThreads);
    if (slots * perSlot >= 0.95 * turns * busyThreads) return slots;
  }
  return Math.min(blocks, busyThreads);
}

export function scratchSlots(program: Program, slotCount: number, floats: number): Slots {
  // A few floats more: tiles write whole vectors.
  const slotBytes = 4 * (Math.ceil(floats / 16) * 16 + 16);
  return { slots: program.scratch(slotCount * slotBytes), slotCount, slotBytes };
}

/** Slots of a sum, or, where one is enough, the result itself. */
export function slotsOrResult(program: Program, slotCount: number, floats: number, out: Pointer): Slots {
  return slotCount === 1 ? { slots: out, slotCount, slotBytes: 0 } : scratchSlots(program, slotCount, floats);
}

/** out = Σ of the slots, unless out is the only slot. */
export function join(program: Program, slots: Slots, out: Pointer, length: number): void {
  if (slots.slots !== out) program.emit("joinSlots", { ...slots, out, length });
}

/** Rows of a block whose values are read twice or by many: about 16 KB of them stay in the first-level cache. */
export function hotRows(channels: number): number {
  return Math.min(128, Math.max(16, Math.floor(4096 / channels)));
}

/** out[c] = Σ over rows of x[row][c]. */
export function columnSums(program: Program, x: Pointer, rows: number, channels: number, out: Pointer): void {
  const blockRows = 64;
  const slots = slotsOrResult(program, slotCountFor(Math.ceil(rows / blockRows)), channels, out);
  program.emit("columnSums", { x, rows, channels, blockRows, ...slots });
  join(program, slots, out, channels);
}
