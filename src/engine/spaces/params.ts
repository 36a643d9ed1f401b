import { z } from "zod";
import { specLimits } from "../network/spec.ts";
import type { AnyNetParams } from "./anynet.ts";
import type { RegNetParams } from "./regnet.ts";

/**
 * Params from outside (a request, a URL, a form) with their legal ranges. They are wider than what samplers draw: every
 * network that pycls would build is legal, also one that its sampler would reject.
 */

const width = z.int().min(1).max(specLimits.channels);
const depth = z.int().min(1).max(specLimits.depth);
const bottleneckRatio = z.number().positive().max(64);
const seRatio = z.number().min(0).max(1);

export const regnetParamsSchema = z.strictObject({
  depth,
  initialWidth: width.multipleOf(8, "expected a multiple of 8"),
  slope: z.number().min(0).max(specLimits.channels),
  widthMultiplier: z.number().gt(1, "expected a number above 1").max(1000),
  groupWidth: width,
  bottleneckRatio: bottleneckRatio.default(1),
  seRatio: seRatio.default(0),
}) satisfies z.ZodType<RegNetParams>;

const perStage = <S extends z.ZodType>(entry: S) => z.array(entry).min(1).max(specLimits.stages);

export const anynetParamsSchema = z
  .strictObject({
    depths: perStage(depth),
    widths: perStage(width),
    strides: perStage(z.int().min(1).max(8)),
    bottleneckRatios: perStage(bottleneckRatio),
    groupWidths: perStage(width),
    seRatio: seRatio.default(0),
  })
  .superRefine(({ seRatio: _, ...lists }, context) => {
    const stages = lists.depths.length;
    for (const [field, list] of Object.entries(lists)) {
      if (list.length === stages) continue;
      const message = `has ${list.length} entries; expected one a stage, as depths has (${stages})`;
      context.addIssue({ code: "custom", path: [field], message });
    }
  }) satisfies z.ZodType<AnyNetParams>;
