import type { Regime } from "../training/regime.ts";

/** Fields that are lists of numbers: `milestones=0.5,0.75`. */
const lists: readonly string[] = ["milestones"] satisfies readonly (keyof Regime)[];

/** A field of a regime as the value of a key of the address. */
export function encodeRegimeField(value: NonNullable<Regime[keyof Regime]>): string {
  return String(value);
}

/** Reads it back, with `scalar` for what is one number or word; the schema judges what comes out. */
export function decodeRegimeField(key: string, text: string, scalar: (text: string) => unknown): unknown {
  return lists.includes(key) ? text.split(",").map(scalar) : scalar(text);
}
