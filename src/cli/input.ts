import { readFile } from "node:fs/promises";
import { InvalidArgumentError } from "commander";
import { InputError } from "../engine/math/input-error.ts";
import { isPublished } from "../engine/published/registry.ts";
import { type FrameOptions, type ResolvedNetwork, resolveInFrame } from "../engine/published/request.ts";
import type { CostRange } from "../engine/spaces/constraint.ts";
import { parseRange } from "../engine/sweep/quantity.ts";
import { CliError } from "./failure.ts";

/** The network of a command line's `<preset | spec.json>`: a name, else a file with a spec or a request. */
export async function readNetwork(presetOrFile: string, frame: FrameOptions): Promise<ResolvedNetwork> {
  // An unknown name that is no path is taken for a preset: the error lists the known ones.
  const named = isPublished(presetOrFile) || !isFile(presetOrFile);
  return resolveInFrame(named ? { preset: presetOrFile } : await readJson(presetOrFile), frame);
}

/** Tells `./net.json` from a preset's name; "regnetx-1.6gf" is a name too. */
export function isFile(presetOrFile: string): boolean {
  return /[./\\]/.test(presetOrFile) && !/^[\w-]+\.\d+[mg]f$/i.test(presetOrFile);
}

export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new CliError(`${path}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}`);
  }
  return parseJson(text, path);
}

export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError([{ path: where, message: `not JSON (${(error as Error).message})` }]);
  }
}

/** An argument parser for whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** An argument parser for numbers from `min` to `max`. */
export function numberWithin(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
  };
}

/** An argument parser for `1M..3M`, `..3M`, `1M..`. */
export function costRange(text: string): CostRange {
  const range = parseRange(text);
  if (!range) throw new InvalidArgumentError('Expected a range such as "1M..3M", "..3M" or "500k..".');
  const { min, max } = range;
  if (min !== undefined && max !== undefined && min > max) {
    throw new InvalidArgumentError(`${text} is empty (min is above max).`);
  }
  return range;
}
