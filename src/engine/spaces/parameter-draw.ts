import { portableExp, portableLog } from "../math/portable.ts";
import type { Rng } from "../math/rng.ts";
import { logUniform, multiple, powerOfTwo, powerOfTwoOrLogUniform } from "./distributions.ts";

/**
 * The distributions of pycls' sweeps by our names. `power2-or-log`: powers of two below the step, log-uniform multiples of
 * it from there on. The normals are cut off at the ends of the range, which lie three standard deviations out.
 */
export const distributions = ["uniform", "log", "power2", "power2-or-log", "normal", "log-normal"] as const;

export type Distribution = (typeof distributions)[number];

/** A range as a study says it; what is left out is the space's own. */
export interface DrawRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly distribution?: Distribution | undefined;
  /** Values are multiples of it. */
  readonly step?: number | undefined;
}

/** How one parameter is drawn: any of some values with equal chances, or from a range. One value is a fixed one. */
export type ParameterDraw = readonly number[] | DrawRange;

/** A range with nothing left out. */
export interface WholeRange {
  readonly from: number;
  readonly to: number;
  readonly distribution: Distribution;
  readonly step: number;
}

export type WholeDraw = readonly number[] | WholeRange;

export function isValues(draw: ParameterDraw): draw is readonly number[] {
  return Array.isArray(draw);
}

export const parameterNames = [
  "depth",
  "width",
  "initialWidth",
  "slope",
  "widthMultiplier",
  "bottleneckRatio",
  "groupWidth",
  "groups",
  "expansion",
  "kernel",
  "fused",
  "seRatio",
] as const;

export type ParameterName = (typeof parameterNames)[number];

/** What a population says of its space's parameters. */
export type ParameterDraws = { readonly [name in ParameterName]?: ParameterDraw | undefined };

/** The same with nothing left out: what samplers draw from instead of the space's own ranges. */
export type WholeDraws = { readonly [name in ParameterName]?: WholeDraw };

/** One value. Values of a range are multiples of its step, both ends included. */
export function drawValue(rng: Rng, draw: WholeDraw): number {
  if (isValues(draw)) return rng.choice(draw);
  const { from, to, distribution, step } = draw;
  switch (distribution) {
    case "uniform":
      return multiple(rng.int(Math.round(from / step), Math.round(to / step)), step);
    case "log":
      return logUniform(rng, from, to, step);
    case "power2":
      return powerOfTwo(rng, from, to);
    case "power2-or-log":
      return powerOfTwoOrLogUniform(rng, from, to, step);
    case "normal":
      return bell(rng, from, to, step);
    case "log-normal":
      return onStep(portableExp(bell(rng, portableLog(from), portableLog(to), 0)), draw);
  }
}

/** Mean in the middle, three standard deviations to either end: pycls `normal`. A step of 0 leaves it real. */
function bell(rng: Rng, from: number, to: number, step: number): number {
  if (from === to) return from;
  let value: number;
  do value = (from + to) / 2 + ((to - from) / 6) * rng.normal();
  while (value < from || value > to);
  return step === 0 ? value : onStep(value, { from, to, step });
}

function onStep(value: number, { from, to, step }: Pick<WholeRange, "from" | "to" | "step">): number {
  return Math.min(to, Math.max(from, multiple(Math.round(value / step), step)));
}

/**
 * A draw on one line: "8, 16", "12..28", "8..64 log", "8..256 log step 16". The inverse of `parseDrawText`; `gap` stands
 * between its parts.
 */
export function formatDraw(draw: ParameterDraw, gap = " "): string {
  if (isValues(draw)) return draw.join(gap === " " ? ", " : gap);
  const { from, to, distribution, step } = draw;
  return [
    `${from ?? ""}..${to ?? ""}`,
    ...(distribution === undefined ? [] : [distribution]),
    ...(step === undefined ? [] : ["step", step]),
  ].join(gap);
}

const number = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const rangeText = new RegExp(`^(${number})?\\.\\.(${number})?(?: ([a-z][a-z2-]*?))?(?: step (${number}))?$`);

/** Reads what `formatDraw` writes, with commas, spaces or "_" between the parts; undefined if it is none. */
export function parseDrawText(text: string): ParameterDraw | undefined {
  const parts = text.split(/[\s,_]+/).filter((part) => part !== "");
  if (parts.length === 0) return undefined;
  if (!text.includes("..")) {
    const values = parts.map((part) => (new RegExp(`^${number}$`).test(part) ? Number(part) : Number.NaN));
    return values.every(Number.isFinite) ? values : undefined;
  }
  const match = rangeText.exec(parts.join(" "));
  if (!match) return undefined;
  const [from, to, distribution, step] = match.slice(1);
  if (distribution !== undefined && !isDistribution(distribution)) return undefined;
  return {
    ...(from === undefined ? {} : { from: Number(from) }),
    ...(to === undefined ? {} : { to: Number(to) }),
    ...(distribution === undefined ? {} : { distribution }),
    ...(step === undefined ? {} : { step: Number(step) }),
  };
}

function isDistribution(text: string): text is Distribution {
  return (distributions as readonly string[]).includes(text);
}
