import type { Plan } from "../../plan/plan.ts";
import type { Room } from "../executor.ts";
import { withHalfMaps } from "./lower/halves.ts";
import { createProgram, lowerCall } from "./lower/lower.ts";
import { type Placement, placeTensors } from "./placement.ts";
import type { Dispatch, Program } from "./program.ts";
import type { Tiles } from "./tiles.ts";

/** A plan as dispatches over placed tensors; nothing of it is on a device. */
export interface LoweredPlan {
  readonly program: Program;
  readonly train: readonly Dispatch[];
  readonly evaluate: readonly Dispatch[];
  /** Empty where the plan keeps no averages. */
  readonly averages: readonly Dispatch[];
  readonly placement: Placement;
}

export function lowerPlan(plan: Plan, tiles: Tiles): LoweredPlan {
  const program = createProgram(plan, tiles);
  const { train: calls, evaluate, evaluateAverages } = plan;
  const given = [calls, evaluate, ...(evaluateAverages ? [evaluateAverages] : [])].map((list) =>
    program.list([plan.gather, ...list], lowerCall),
  );
  const lists = tiles.storage === "f16" ? withHalfMaps(program, given) : given;
  const [train = [], evaluated = [], averages = []] = lists;
  return { program, train, evaluate: evaluated, averages, placement: placeTensors(program, lists) };
}

/** Bytes. */
export type BufferLimits = Pick<GPUSupportedLimits, "maxBufferSize" | "maxStorageBufferBindingSize">;

/**
 * Of the largest buffer: each is bound whole. How much memory a GPU has for all of them WebGPU does not tell; what fits
 * the limits may still be refused when it is loaded.
 */
export function roomFor({ placement }: LoweredPlan, limits: BufferLimits): Room {
  const needed = Math.max(...placement.buffers.map(({ length }) => bufferBytes(4 * length)));
  const available = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  return { needed, available, within: "one buffer" };
}

/** What a buffer of so many bytes takes. */
export function bufferBytes(bytes: number): number {
  return Math.max(256, Math.ceil(bytes / 256) * 256);
}
