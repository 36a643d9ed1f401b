import { z } from "zod";
import { InputError, type InputProblem, parseInput } from "../math/input-error.ts";
import { networkSpecSchema } from "../network/spec.ts";
import { regimeSchema } from "../training/regime.ts";
import type { Trial } from "./trial.ts";

/** A results file: JSON Lines, one trial a line. */
export interface TrialLines {
  readonly trials: readonly Trial[];
  /** Bytes up to the end of the last whole line; what follows was being written when its program died. */
  readonly wholeBytes: number;
  readonly cutOff: boolean;
}

const fraction = z.number().min(0).max(1);
const count = z.int().min(0);

const epochSchema = z.looseObject({
  epoch: z.int().min(1),
  trainLoss: z.number(),
  trainError: fraction,
  testError: fraction,
  emaError: fraction.optional(),
  learningRate: z.number(),
  ms: z.number(),
});

/** What a reader of trials relies on; further fields pass. */
export const trialSchema = z.looseObject({
  id: z.string(),
  study: z.string(),
  population: z.string(),
  index: count,
  params: z.looseObject({ family: z.string() }),
  network: z.looseObject({
    name: z.string().nullable(),
    spec: networkSpecSchema,
    stages: z.array(z.unknown()),
    flops: count,
    params: count,
    acts: count,
    trainBytes: count,
  }),
  draws: count,
  seed: count,
  regime: regimeSchema,
  status: z.enum(["done", "diverged", "failed", "stopped"]),
  reason: z.string().optional(),
  epochs: z.array(epochSchema),
  error: fraction.nullable(),
  ms: z.number(),
  device: z.string(),
  version: z.string(),
  measured: z.record(z.string(), z.number()).optional(),
});

/** One line, with its end. */
export function formatTrialLine(trial: Trial): string {
  return `${JSON.stringify(trial)}\n`;
}

/**
 * Reads a results file. A last line without its end is left out; any other line that is no trial is an InputError that
 * names it.
 */
export function parseTrialLines(bytes: Uint8Array): TrialLines {
  const wholeBytes = bytes.lastIndexOf(newline) + 1;
  const text = new TextDecoder().decode(bytes.subarray(0, wholeBytes));
  const trials = text.split("\n").flatMap((line, i) => (line.trim() === "" ? [] : [parseLine(line, i + 1)]));
  return { trials, wholeBytes, cutOff: wholeBytes < bytes.length };
}

const newline = 10;

function parseLine(line: string, number: number): Trial {
  const path = `line ${number}`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError([{ path, message: "not JSON; a results file has one trial record a line" }]);
  }
  parseInput(trialSchema, value, path);
  return value as Trial;
}

/** Problems of trials that do not belong to a study. */
export function foreignTrials(trials: readonly Trial[], studyId: string): InputProblem[] {
  const at = trials.findIndex(({ study }) => study !== studyId);
  if (at < 0) return [];
  const message = `belongs to study ${trials[at]!.study}, not to ${studyId}: its populations, seed or regime differ`;
  return [{ path: `trial ${at + 1}`, message }];
}
