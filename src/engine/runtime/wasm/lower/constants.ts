import type { Pointer, Program } from "./program.ts";

/** Constant floats in the session's tables; the same key gives the same table. */
export function floatTable(program: Program, key: string, values: readonly number[]): Pointer {
  return program.table(key, () => [...new Int32Array(Float32Array.from(values).buffer)]);
}

/** A vector of one value, for an operand that a call leaves out. */
export function constantFloats(program: Program, value: number, length: number): Pointer {
  return floatTable(program, `constant ${value} ${length}`, new Array<number>(length).fill(value));
}
