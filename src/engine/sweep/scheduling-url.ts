import { encodeRegimeField, scalar } from "./regime-url.ts";
import type { Study } from "./study.ts";

/**
 * Seeds, halving and stop rules in an address: `repeats=3&halving=epochs:2,factor:2&stop=minutes:60,errorEpochs:3,
 * errorAbove:0.5`.
 */
export function encodeScheduling({ repeats, halving, stop }: Study): [key: string, value: string][] {
  const { error, ...minutes } = stop ?? {};
  const rules = { ...minutes, ...(error ? { errorEpochs: error.epochs, errorAbove: error.above } : {}) };
  const entries = {
    repeats: repeats && String(repeats),
    halving: halving && record(halving),
    stop: record(rules),
  };
  return Object.entries(entries).filter((entry): entry is [string, string] => Boolean(entry[1]));
}

/** Whether a key of an address is one of these. */
export function isScheduling(key: string): boolean {
  return key === "repeats" || key === "halving" || key === "stop";
}

/** Reads a value back; the schema judges what comes out. */
export function decodeScheduling(key: string, text: string): unknown {
  if (key === "repeats") return scalar(text);
  const parts = text.split(",").map((part) => {
    const [name = "", ...rest] = part.split(":");
    return [name, scalar(rest.join(":"))] as const;
  });
  const fields = Object.fromEntries(parts);
  const { errorEpochs, errorAbove, ...others } = fields;
  if (key !== "stop" || (errorEpochs === undefined && errorAbove === undefined)) return fields;
  return { ...others, error: { epochs: errorEpochs, above: errorAbove } };
}

function record(fields: object): string {
  return encodeRegimeField(fields as Parameters<typeof encodeRegimeField>[0]);
}
