import { z } from "zod";
import { InputError, type InputProblem, parseInput } from "../math/input-error.ts";
import { stageRow } from "../network/describe.ts";
import { networkSpecSchema } from "../network/spec.ts";
import { defaultRegime, regimeSchema } from "../training/regime.ts";
import type { Trial } from "./trial.ts";

/** A results file: JSON Lines, one trial a line. */
export interface TrialLines {
  readonly trials: readonly Trial[];
  /** Bytes up to the end of the last whole record; what follows was being written when its program died. */
  readonly wholeBytes: number;
  readonly cutOff: boolean;
}

/** The lines of a results file, or of a part of one, that have their newline. */
export interface EndedLines {
  readonly trials: readonly Trial[];
  /** Bytes up to the end of the last of them. */
  readonly bytes: number;
  /** Empty ones included. */
  readonly lines: number;
}

const fraction = z.number().min(0).max(1);
const count = z.int().min(0);

const epochSchema = z.looseObject({
  epoch: z.int().min(1),
  trainLoss: z.number(),
  trainError: fraction,
  testError: fraction,
  validationError: fraction.optional(),
  emaError: fraction.optional(),
  resolution: z.int().min(1).optional(),
  learningRate: z.number(),
  ms: z.number(),
});

/**
 * A regime as records have it. Its limits are those of whoever trained: a study of another program has its own. Fields that
 * its program did not have yet are as they were before there were such fields.
 */
const recordedRegimeSchema = z.looseObject({
  dataset: z.string(),
  images: count.optional(),
  testImages: count.optional(),
  epochs: count,
  batch: count,
  learningRate: z.number(),
});

/** What a reader of trials relies on; further fields pass. */
const trialSchema = z.looseObject({
  id: z.string(),
  study: z.string(),
  population: z.string(),
  index: count,
  repeat: z.int().min(2).optional(),
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
  /** Records of the first programs do not have it. */
  draws: count.default(1),
  seed: count,
  regime: recordedRegimeSchema,
  status: z.enum(["done", "diverged", "failed", "cut", "waits", "stopped"]),
  reason: z.string().optional(),
  epochs: z.array(epochSchema),
  error: fraction.nullable(),
  ms: z.number(),
  predictedMs: z.number().min(0).optional(),
  weights: z.literal("averages").optional(),
  device: z.string(),
  version: z.string(),
  dataDigest: z.string().optional(),
  measured: z.record(z.string(), z.number()).optional(),
});

/** One line, with its end. */
export function formatTrialLine(trial: Trial): string {
  return `${JSON.stringify(trial)}\n`;
}

/**
 * Reads a results file. The last line may lack its newline, as other tools write it; one that was cut is left out.
 * @throws InputError that names a line that is no trial
 */
export function parseTrialLines(bytes: Uint8Array): TrialLines {
  const ended = parseEndedLines(bytes);
  const last = parseLastLine(bytes.subarray(ended.bytes), ended.lines);
  const wholeBytes = last === undefined ? ended.bytes : bytes.length;
  return {
    trials: last === undefined ? ended.trials : [...ended.trials, last],
    wholeBytes,
    cutOff: wholeBytes < bytes.length,
  };
}

/**
 * Reads the lines that have their newline.
 * @param before lines of the file that come before these bytes
 * @throws InputError that names a line that is no trial
 */
export function parseEndedLines(bytes: Uint8Array, before = 0): EndedLines {
  const end = bytes.lastIndexOf(newline) + 1;
  const lines = new TextDecoder().decode(bytes.subarray(0, end)).split("\n");
  const trials = lines.flatMap((line, i) => (line.trim() === "" ? [] : [parseLine(line, before + i + 1)]));
  return { trials, bytes: end, lines: lines.length - 1 };
}

/**
 * The trial of a last line without its newline; undefined where it was cut. A record is an object, and no part of one that
 * ends before its last brace is JSON: what is a JSON object is all of it.
 * @param before lines of the file that come before it
 * @throws InputError where it is an object and no trial
 */
export function parseLastLine(bytes: Uint8Array, before: number): Trial | undefined {
  const text = new TextDecoder().decode(bytes).trim();
  if (!text.startsWith("{") || !text.endsWith("}")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return upgradeTrial(value, `line ${before + 1}`);
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
  return upgradeTrial(value, path);
}

/**
 * A trial from a record of this version or an older one: what its program did not write yet is filled in.
 * @throws InputError where it is no trial, or of a newer version that this one would misread
 */
export function upgradeTrial(value: unknown, path = "trial"): Trial {
  refuseNewer(value, path);
  const { draws } = parseInput(trialSchema, value, path);
  const trial = value as Trial;
  const { network } = trial;
  return {
    ...trial,
    draws,
    network: { ...network, stages: network.spec.stages.map(stageRow) },
    regime: { ...defaultRegime, ...trial.regime },
  };
}

const knownRegimeFields: ReadonlySet<string> = new Set(Object.keys(regimeSchema.shape));
const knownStatuses: ReadonlySet<unknown> = new Set(trialSchema.shape.status.options);

/** What a newer program may say and this one would silently leave out: how a network was trained, and how it ended. */
function refuseNewer(value: unknown, path: string): void {
  const { regime, status, version } = (value ?? {}) as Partial<Record<string, unknown>>;
  const fields = Object.keys((regime ?? {}) as object).filter((key) => !knownRegimeFields.has(key));
  const problems = fields.map((key) => ({ path: `${path}.regime.${key}`, what: "a field" }));
  if (typeof status === "string" && !knownStatuses.has(status))
    problems.push({ path: `${path}.status`, what: `a status, ${JSON.stringify(status)},` });
  if (problems.length === 0) return;
  const by = typeof version === "string" ? `version ${version} of the program` : "another program";
  throw new InputError(
    problems.map(({ path, what }) => ({
      path,
      message: `${what} that this version does not know; the record is by ${by}: read it with that version or a later one`,
    })),
  );
}

/** Problems of trials that do not belong to a study. */
export function foreignTrials(trials: readonly Trial[], studyId: string): InputProblem[] {
  const at = trials.findIndex(({ study }) => study !== studyId);
  if (at < 0) return [];
  const message = `belongs to study ${trials[at]!.study}, not to ${studyId}: its populations, seed or regime differ`;
  return [{ path: `trial ${at + 1}`, message }];
}
