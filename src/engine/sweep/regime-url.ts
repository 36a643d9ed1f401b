import { InputError } from "../math/input-error.ts";
import type { Regime } from "../training/regime.ts";

/** Fields that are lists of numbers: `milestones=0.5,0.75`. */
const lists: readonly string[] = ["milestones"] satisfies readonly (keyof Regime)[];

/** Fields that have fields of their own: `progressive=phases:3,resolution:16`. */
const records: readonly string[] = ["progressive", "fineTune"] satisfies readonly (keyof Regime)[];

/** A field of a regime as the value of a key of the address. */
export function encodeRegimeField(value: NonNullable<Regime[keyof Regime]>): string {
  if (typeof value !== "object" || Array.isArray(value)) return String(value);
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return parts.map(([key, part]) => `${key}:${part}`).join(",");
}

/**
 * Reads it back; the schema judges what comes out.
 * @throws InputError where a field with fields of its own is not key:value,key:value.
 */
export function decodeRegimeField(key: string, text: string): unknown {
  if (lists.includes(key)) return text.split(",").map(scalar);
  if (!records.includes(key)) return scalar(text);
  const parts = text.split(",").map((part) => {
    const colon = part.indexOf(":");
    if (colon > 0) return [part.slice(0, colon), scalar(part.slice(colon + 1))] as const;
    throw new InputError([
      { path: `regime.${key}`, message: `"${part}" is not allowed; expected key:value` },
    ]);
  });
  return Object.fromEntries(parts);
}

/** Text that JSON reads as a number or a boolean is one; the schema judges the rest. */
export function scalar(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}
