import { multiple } from "./distributions.ts";
import type { ParamInfo } from "./param-info.ts";
import {
  type DrawRange,
  formatDraw,
  isValues,
  type ParameterDraw,
  type ParameterName,
  type WholeDraw,
  type WholeDraws,
  type WholeRange,
} from "./parameter-draw.ts";
import type { Interval, SpaceSetting } from "./setting.ts";

/** A parameter that a population may be told how to draw. */
export interface SpaceParameter {
  readonly name: ParameterName;
  readonly info: ParamInfo;
  /** What the space draws it from where nothing is said; undefined where that is bound to each stage or to the space. */
  readonly usual: WholeDraw | undefined;
  /** What a network can be made of, both ends included. */
  readonly limits: Interval;
  /** Every value is a multiple of it; 0 where any number is one. */
  readonly grid: number;
  /** Step of ranges whose step is left out. */
  readonly step: number;
  /** Values are powers of two, halves and quarters among them. */
  readonly powers?: boolean;
  /** Values are odd: sides of kernels. */
  readonly odd?: boolean;
}

/**
 * What a sampler draws from: what the setting says of a parameter, else what is usual. Squeeze ratios only where said.
 * Samplers ask at every draw, so the answer of a setting is kept.
 */
export function drawsOf(
  parameters: (setting: SpaceSetting) => readonly SpaceParameter[],
): (setting: SpaceSetting) => WholeDraws {
  return perSetting((setting) => {
    const { draws = {} } = setting;
    const drawn = parameters(setting).flatMap(({ name, usual }) => {
      const draw = draws[name] ?? (name === "seRatio" ? undefined : usual);
      return draw === undefined ? [] : [[name, draw] as const];
    });
    return Object.fromEntries(drawn);
  });
}

/** A function of a setting that is computed once for each. */
export function perSetting<R>(compute: (setting: SpaceSetting) => R): (setting: SpaceSetting) => R {
  const known = new WeakMap<SpaceSetting, R>();
  return (setting) => {
    const before = known.get(setting);
    if (before !== undefined) return before;
    const result = compute(setting);
    known.set(setting, result);
    return result;
  };
}

/**
 * What of a draw cannot be met, and what is allowed; undefined if it can. An end that is left out is the space's own, and
 * so is the distribution.
 */
export function drawProblem(parameter: SpaceParameter, draw: ParameterDraw): string | undefined {
  if (isValues(draw)) {
    if (draw.length === 0) return "no value is given; leave the parameter out, or give one";
    const wrong = draw.find((value) => !isLegal(parameter, value));
    return wrong === undefined ? undefined : `${wrong} is not allowed; ${allowedText(parameter)}`;
  }
  const { usual } = parameter;
  const open = usual === undefined || isValues(usual) ? parameter.limits : [usual.from, usual.to];
  const whole = wholeRange(parameter, draw, open as Interval);
  const text = formatDraw(draw);
  const { from, to, distribution, step } = whole;
  for (const end of [draw.from, draw.to])
    if (end !== undefined && !withinLimits(parameter, end))
      return `${end} in ${text} is not allowed; ${allowedText(parameter)}`;
  if (!(step > 0) || (parameter.grid > 0 && !isMultiple(step, parameter.grid)))
    return `a step of ${step} is not allowed; expected a multiple of ${parameter.grid || "a number above 0"}`;
  if (from > to) return `${text} is empty; it goes from ${from} to ${to}${endNote(draw)}`;
  if (parameter.odd)
    return `${text} is not allowed; ${parameter.info.label.toLowerCase()} takes a list of values`;
  if (parameter.powers && distribution !== "power2")
    return `${distribution} is not allowed; ${parameter.info.label.toLowerCase()} takes power2 or a list of values`;
  const logarithmic = distribution !== "uniform" && distribution !== "normal";
  if (logarithmic && from <= 0)
    return `${text} is not allowed; ${distribution} needs a start above 0 (or take uniform)`;
  if (distribution.startsWith("power2")) {
    return isLegal(parameter, from) &&
      (distribution === "power2-or-log" || isLegal(parameter, 2 * from) || from === to)
      ? undefined
      : `${from} in ${text} is not allowed; its doubles are no values of ${parameter.info.label.toLowerCase()}`;
  }
  const ends = aligned(whole);
  return ends.from > ends.to ? `${text} is empty; it has no multiple of ${step}` : undefined;
}

/** A draw that has no problem, with nothing left out. */
export function wholeDraw(parameter: SpaceParameter, draw: ParameterDraw): WholeDraw {
  if (isValues(draw)) return draw;
  const { usual, limits } = parameter;
  const open: Interval = usual === undefined || isValues(usual) ? limits : [usual.from, usual.to];
  const whole = wholeRange(parameter, draw, open);
  return whole.distribution.startsWith("power2") ? whole : aligned(whole);
}

function wholeRange(
  { usual, step, powers }: SpaceParameter,
  draw: DrawRange,
  [low, high]: Interval,
): WholeRange {
  const own = usual === undefined || isValues(usual) ? (powers ? "power2" : "uniform") : usual.distribution;
  const distribution = draw.distribution ?? own;
  // Steps of the space's own distribution; its powers of two go on in steps of 8.
  const ownStep =
    usual !== undefined && !isValues(usual) && usual.distribution === distribution ? usual.step : undefined;
  return {
    from: draw.from ?? low,
    to: draw.to ?? high,
    distribution,
    step: draw.step ?? ownStep ?? (distribution === "power2-or-log" ? 8 : step),
  };
}

/** Both ends moved inwards to multiples of the step. */
function aligned(range: WholeRange): WholeRange {
  const { from, to, step } = range;
  const least = multiple(Math.ceil(from / step - 1e-9), step);
  return { ...range, from: least, to: multiple(Math.floor(to / step + 1e-9), step) };
}

function isLegal(parameter: SpaceParameter, value: number): boolean {
  if (!withinLimits(parameter, value)) return false;
  if (parameter.powers) return Number.isInteger(Math.log2(value));
  if (parameter.odd) return value % 2 === 1;
  return parameter.grid === 0 || isMultiple(value, parameter.grid);
}

function withinLimits({ limits: [low, high] }: SpaceParameter, value: number): boolean {
  return value >= low && value <= high;
}

function isMultiple(value: number, grid: number): boolean {
  return Math.abs(value / grid - Math.round(value / grid)) < 1e-9;
}

/** "expected 8 to 1024, multiples of 8". */
export function allowedText({ limits: [low, high], grid, powers, odd }: SpaceParameter): string {
  const kind = powers
    ? ", powers of two"
    : odd
      ? ", odd"
      : grid === 1
        ? ", whole numbers"
        : grid > 0
          ? `, multiples of ${grid}`
          : "";
  return `expected ${low} to ${high}${kind}`;
}

function endNote({ from, to }: DrawRange): string {
  if (from !== undefined && to !== undefined) return "";
  return `, where the ${from === undefined ? "start" : "end"} is the space's own`;
}
