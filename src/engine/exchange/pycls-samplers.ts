import { z } from "zod";
import type { Distribution, ParameterDraw } from "../spaces/parameter-draw.ts";

/** A sampler of pycls' sweeps (pycls/sweep/config.py, SAMPLERS); which fields it has, its TYPE says. */
export const samplerSchema = z.looseObject({
  TYPE: z.enum(["value_sampler", "float_sampler", "int_sampler", "list_sampler", "regnet_sampler"]),
  RAND_TYPE: z.string().default("uniform"),
  RANGE: z.tuple([z.number(), z.number()]).optional(),
  QUANTIZE: z.number().positive().optional(),
  VALUES: z.array(z.unknown()).optional(),
  LENGTH: z.int().min(0).optional(),
  ITEM_SAMPLER: z.unknown().optional(),
});

export type Sampler = z.output<typeof samplerSchema>;

const randTypes: Readonly<Record<string, Distribution>> = {
  uniform: "uniform",
  log_uniform: "log",
  power2_uniform: "power2",
  power2_or_log_uniform: "power2-or-log",
  normal: "normal",
  log_normal: "log-normal",
};

/** The sampler of one item and how many a list has. */
export function itemSampler(sampler: Sampler): {
  readonly sampler: Sampler;
  readonly length: number | undefined;
} {
  if (sampler.TYPE !== "list_sampler") return { sampler, length: undefined };
  const item = samplerSchema.safeParse(sampler.ITEM_SAMPLER);
  return { sampler: item.success ? item.data : sampler, length: sampler.LENGTH };
}

/**
 * The draw of a sampler; `inverse` for bottleneck multipliers, which are 1/b. undefined where there is none. Powers of two
 * need no step; the other distributions keep theirs.
 */
export function drawOfSampler(sampler: Sampler, inverse: boolean): ParameterDraw | undefined {
  const { TYPE, RAND_TYPE, RANGE, QUANTIZE, VALUES } = sampler;
  if (TYPE === "value_sampler") {
    const values = (VALUES ?? []).map(numberOf);
    if (values.length === 0 || values.includes(undefined)) return undefined;
    return (values as number[]).map((value) => (inverse ? 1 / value : value));
  }
  const distribution = randTypes[RAND_TYPE];
  if (
    (TYPE !== "int_sampler" && TYPE !== "float_sampler") ||
    distribution === undefined ||
    RANGE === undefined
  )
    return undefined;
  const [low, high] = RANGE;
  if (inverse) return distribution === "power2" ? { from: 1 / high, to: 1 / low, distribution } : undefined;
  const step = distribution === "power2" ? undefined : (QUANTIZE ?? (TYPE === "int_sampler" ? 1 : 1e-5));
  return { from: low, to: high, distribution, ...(step === undefined ? {} : { step }) };
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
