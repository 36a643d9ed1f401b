import { z } from "zod";

/** An allowed range of a cost, both ends included; an end left out is open. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

const factors: Readonly<Record<string, number>> = { "": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, B: 1e9 };

/** "2M" → 2,000,000; also k, G, decimals and exponents. undefined if it is not a quantity. */
export function parseQuantity(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([kKMGB]?)\s*$/.exec(text);
  if (!match) return undefined;
  // Scaling a decimal may leave 2.3000000000000003e6; costs are whole numbers.
  return Math.round(Number(match[1]) * factors[match[2]!]!);
}

/** "2M..4M", "..4M", "2M..". undefined if it is not a range. */
export function parseRange(text: string): Range | undefined {
  const parts = text.split("..");
  if (parts.length !== 2) return undefined;
  const [min, max] = parts.map((part) => (part.trim() === "" ? null : parseQuantity(part)));
  if (min === undefined || max === undefined || (min === null && max === null)) return undefined;
  return { ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) };
}

/** 2,300,000 → "2.3M": the shortest text that parseQuantity reads back as the same number. */
export function formatQuantity(value: number): string {
  for (const [unit, factor] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (value < factor) continue;
    const text = `${value / factor}${unit}`;
    if (text.length <= String(value).length && parseQuantity(text) === value) return text;
  }
  return String(value);
}

/** The inverse of parseRange. */
export function formatRange(range: Range): string {
  const end = (value: number | undefined) => (value === undefined ? "" : formatQuantity(value));
  return `${end(range.min)}..${end(range.max)}`;
}

const amount = z.int().min(0).max(1e15);

const wanted = 'expected a range such as "2M..4M", [2e6, 4e6] or {min: 2e6, max: 4e6}';

/** Takes "2M..4M", [min, max] or {min, max}; gives {min, max}. */
export const rangeSchema = z
  .union(
    [
      z.string().transform((text, context): Range => {
        const range = parseRange(text);
        if (range) return range;
        context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is not allowed; ${wanted}` });
        return z.NEVER;
      }),
      z.tuple([amount, amount]).transform(([min, max]): Range => ({ min, max })),
      z.strictObject({ min: amount.optional(), max: amount.optional() }).transform(
        ({ min, max }): Range => ({
          ...(min === undefined ? {} : { min }),
          ...(max === undefined ? {} : { max }),
        }),
      ),
    ],
    { error: wanted },
  )
  .superRefine((range, context) => {
    const { min, max } = range;
    if (min !== undefined && max !== undefined && min > max)
      context.addIssue({ code: "custom", message: `${formatRange(range)} is empty (min is above max)` });
  });
