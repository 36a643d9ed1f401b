import { z } from "zod";
import { parseDrawText } from "../spaces/parameter-draw.ts";
import { formatQuantity, parseQuantity } from "./quantity.ts";

/** The values that one knob is turned to: one by one, or spread over a range with both ends in it. */
export type Knob = readonly number[] | { readonly from: number; readonly to: number };

/** Most entries of a list. */
const longest = 100;

/**
 * Value `index` of a knob. A range is halved ever more finely: its ends, the middle, the quarters, the eighths, so that
 * more networks of it never change those that are there.
 */
export function knobValue(knob: Knob, index: number, scale: "linear" | "log"): number {
  if (isList(knob)) return knob[index]!;
  const { from, to } = knob;
  const t = index === 0 ? 0 : index === 1 ? 1 : vanDerCorput(index - 1);
  if (t === 0 || t === 1) return t === 0 ? from : to;
  return scale === "linear" ? from + (to - from) * t : from * (to / from) ** t;
}

/** 1/2, 1/4, 3/4, 1/8, 5/8, …: the binary digits of n behind the point, mirrored. */
function vanDerCorput(n: number): number {
  let value = 0;
  for (let rest = n, digit = 0.5; rest > 0; rest = Math.floor(rest / 2), digit /= 2)
    value += (rest % 2) * digit;
  return value;
}

export function isList(knob: Knob): knob is readonly number[] {
  return Array.isArray(knob);
}

const wanted = {
  factors: "expected a list such as [0.5, 1, 2] or a range such as {from: 0.5, to: 2}",
  flops: 'expected a list such as ["2M", "4M"] or a range such as "2M..8M"',
};

/** Takes [0.5, 1], "0.5, 1", "0.5..2", {from, to}; multiply-adds also with k, M and G. */
export function knobSchema(kind: "factors" | "flops") {
  const error = wanted[kind];
  const refused = (context: z.core.$RefinementCtx, text: string) => {
    context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is not allowed; ${error}` });
    return z.NEVER;
  };
  const amount =
    kind === "factors"
      ? z.number()
      : z.union([
          z.number(),
          z.string().transform((text, context) => parseQuantity(text) ?? refused(context, text)),
        ]);
  const range = z.strictObject({ from: amount, to: amount });
  return z
    .union(
      [
        z.number().transform((value): Knob => [value]),
        z.string().transform((text, context): Knob => parseKnob(text, kind) ?? refused(context, text)),
        z.array(amount).min(1).max(longest),
        range,
      ],
      { error },
    )
    .transform((knob): Knob => knob)
    .superRefine((knob, context) => {
      if (!isList(knob) && knob.from > knob.to)
        context.addIssue({
          code: "custom",
          message: `${formatKnob(knob, kind)} is empty; it goes from ${knob.from} to ${knob.to}`,
        });
    });
}

/** Reads "0.5, 1, 2" or "2M..8M"; undefined if it is neither a list nor a range. */
export function parseKnob(text: string, kind: "factors" | "flops"): Knob | undefined {
  // Quantities become plain numbers first: "2M..8M" is 2000000..8000000.
  const plain =
    kind === "factors" ? text : text.replace(/\d+(?:\.\d+)?\s*[kKMGB]/g, (part) => `${parseQuantity(part)}`);
  const draw = parseDrawText(plain);
  if (draw === undefined) return undefined;
  if (!("from" in draw || "to" in draw)) return draw as readonly number[];
  const { from, to, distribution, step } = draw;
  if (from === undefined || to === undefined || distribution !== undefined || step !== undefined)
    return undefined;
  return { from, to };
}

/** "0.5, 1, 2", "0.5..2" or, of multiply-adds, "2M..8M"; the inverse of `parseKnob`. */
export function formatKnob(knob: Knob, kind: "factors" | "flops", gap = ", "): string {
  const amount = kind === "flops" ? formatQuantity : String;
  return isList(knob)
    ? knob.map((value) => amount(value)).join(gap)
    : `${amount(knob.from)}..${amount(knob.to)}`;
}
