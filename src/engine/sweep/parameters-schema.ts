import { z } from "zod";
import type { InputProblem } from "../math/input-error.ts";
import { drawProblem, type SpaceParameter, wholeDraw } from "../spaces/parameter.ts";
import {
  distributions,
  type ParameterDraw,
  type ParameterDraws,
  type ParameterName,
  parameterNames,
  parseDrawText,
  type WholeDraws,
} from "../spaces/parameter-draw.ts";
import { type SpaceId, spaceOf } from "../spaces/registry.ts";
import { smallImageSetting } from "../spaces/setting.ts";

/**
 * How a population draws single parameters of its space otherwise than the space does: a value, a list of values with
 * equal chances, or a range with a distribution.
 */

const wanted =
  'expected a value, a list of values, a range such as "8..64" or "8..64 log", or {from, to, distribution, step}';

const number = z.number();

const drawSchema = z.union(
  [
    number.transform((value): ParameterDraw => [value]),
    z.string().transform((text, context): ParameterDraw => {
      const draw = parseDrawText(text);
      if (draw) return draw;
      context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is not allowed; ${wanted}` });
      return z.NEVER;
    }),
    z.array(number).min(1).max(100),
    z
      .strictObject({
        from: number.optional(),
        to: number.optional(),
        distribution: z.enum(distributions).optional(),
        step: number.optional(),
      })
      .transform((range): ParameterDraw => {
        const said = Object.entries(range).filter(([, value]) => value !== undefined);
        return Object.fromEntries(said);
      }),
  ],
  { error: wanted },
);

/** Whether the space has such parameters, and values like that, is `parameterProblems`' to say. */
export const parametersSchema = z
  .record(z.string(), drawSchema)
  // Nothing said is the same as no word of it.
  .transform((draws): ParameterDraws | undefined =>
    Object.keys(draws).length === 0 ? undefined : (draws as ParameterDraws),
  );

/** What the space of a population lets it draw otherwise. */
export function parametersOf(space: SpaceId): readonly SpaceParameter[] {
  return spaceOf(space).parameters(smallImageSetting);
}

/** What of a population's parameters its space does not have, or cannot be built; paths start at the parameter's name. */
export function parameterProblems(space: SpaceId, draws: ParameterDraws): InputProblem[] {
  const known = parametersOf(space);
  return Object.entries(draws).flatMap(([name, draw]): InputProblem[] => {
    const parameter = known.find((one) => one.name === name);
    if (parameter === undefined) {
      const bound = (parameterNames as readonly string[]).includes(name)
        ? "is not free in"
        : "is no parameter of";
      const allowed = `its parameters are ${known.map((one) => one.name).join(", ")}`;
      return [{ path: name, message: `${bound} ${spaceOf(space).label}; ${allowed}` }];
    }
    const message = draw && drawProblem(parameter, draw);
    return message ? [{ path: name, message }] : [];
  });
}

/** Draws that have no problem, with nothing left out. */
export function wholeDraws(space: SpaceId, draws: ParameterDraws): WholeDraws {
  const known = parametersOf(space);
  return Object.fromEntries(
    Object.entries(draws).flatMap(([name, draw]): [ParameterName, WholeDraws[ParameterName]][] => {
      const parameter = known.find((one) => one.name === name);
      return parameter && draw ? [[parameter.name, wholeDraw(parameter, draw)]] : [];
    }),
  );
}
