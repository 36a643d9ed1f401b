import { z } from "zod";
import { networkFromPycls } from "../export/pycls-import.ts";
import { buildGraph } from "../graph/build.ts";
import { InputError, parseInput } from "../math/input-error.ts";
import { describeNetwork } from "../network/describe.ts";
import { compilePlan } from "../plan/compile.ts";
import { planBytes } from "../plan/plan.ts";
import { contentId } from "../sweep/study-id.ts";
import { type EpochRecord, type Trial, type TrialNetwork, trialId } from "../sweep/trial.ts";
import { upgradeTrial } from "../sweep/trial-lines.ts";
import { compileOptions, graphOptions, type Regime } from "../training/regime.ts";
import { regimeFromPycls } from "./pycls-regime.ts";
import { studiesOfTrials } from "./study-lines.ts";
import { archiveOf, type StudyRecords } from "./study-records.ts";
import { clean, type OwnFields } from "./sweep-json.ts";

/** What a sweep.json gave: its studies, and what of it could not be taken over, in sentences. */
export interface ReadSweep {
  readonly studies: readonly StudyRecords[];
  readonly notes: readonly string[];
}

const numbers = z.array(z.number());
const testColumns = z.looseObject({ epoch_ind: numbers, epoch_max: numbers, top1_err: numbers });

/** A job as tools/sweep_collect.py writes it; a job that never reached an epoch has no lists. */
const jobSchema = z.looseObject({
  cfg: z.looseObject({
    MODEL: z.looseObject({ TYPE: z.string() }),
    RNG_SEED: z.int().min(0).default(1),
    NUM_GPUS: z.int().default(1),
  }),
  complexity: z.looseObject({ flops: z.number(), params: z.number(), acts: z.number() }).optional(),
  train_epoch: z
    .looseObject({
      ...{ epoch_ind: numbers, top1_err: numbers, loss: numbers, lr: numbers },
      time_epoch: numbers.optional(),
    })
    .optional(),
  test_epoch: testColumns.optional(),
  test_ema_epoch: testColumns.optional(),
  log_file: z.string().default(""),
  err: z.string().default(""),
  designscape: z.looseObject({}).optional(),
});

type Job = z.output<typeof jobSchema>;

/**
 * The studies of a sweep.json: those that this program wrote as they were, any other as one archive with one population.
 * Networks that no NetworkSpec can say are left out by name.
 * @throws InputError if it is no sweep.json, or nothing of it can be read
 */
export function readSweepJson(text: string, name: string): ReadSweep {
  const jobs = parseJobs(text);
  const sweep = sweepName(jobs) ?? name;
  const notes = new Tally(jobs.length);
  const trials = jobs.flatMap((job, i) => {
    try {
      return [trialOf(job, i, sweep, notes)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { path, message } = error.problems[0]!;
      notes.add(`left out: ${path}: ${message}`);
      return [];
    }
  });
  if (trials.length === 0)
    throw new InputError([{ path: name, message: notes.sentences()[0] ?? "no jobs; an empty list" }]);
  const own = trials.filter(({ study }) => study !== "");
  const foreign = trials.filter(({ study }) => study === "");
  const archive = foreign.length > 0 ? [archiveOf(contentId(foreign), sweep, foreign)] : [];
  return { studies: [...studiesOfTrials(name, own), ...archive], notes: notes.sentences() };
}

function parseJobs(text: string): Job[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError([{ path: "", message: "not JSON; a sweep.json of pycls is a list of jobs" }]);
  }
  if (!Array.isArray(value))
    throw new InputError([{ path: "", message: "not a list; a sweep.json of pycls is a list of jobs" }]);
  return value.map((job, i) => parseInput(jobSchema, job, `[${i}]`));
}

/** The sweep's name: its folder, above `logs`. */
function sweepName(jobs: readonly Job[]): string | undefined {
  return /([^/]+)\/logs\/[^/]+\/[^/]+$/.exec(jobs[0]?.log_file ?? "")?.[1];
}

/** Notes, each with how often it was made. */
class Tally {
  readonly #counts = new Map<string, number>();
  readonly #total: number;

  constructor(total: number) {
    this.#total = total;
  }

  add(note: string): void {
    this.#counts.set(note, (this.#counts.get(note) ?? 0) + 1);
  }

  sentences(): string[] {
    return Array.from(this.#counts, ([note, count]) => `${count} of ${this.#total} networks: ${note}`);
  }
}

/** `study` is empty where the job is not by this program. */
function trialOf(job: Job, index: number, population: string, notes: Tally): Trial {
  const own = job.designscape as OwnFields | undefined;
  const { spec: read, params } = networkFromPycls(job.cfg, own?.channels);
  const spec = own?.name ? { ...read, name: own.name } : read;
  const described = describeNetwork(spec);
  const { complexity } = job;
  if (complexity && (["flops", "params", "acts"] as const).some((key) => complexity[key] !== described[key]))
    notes.add(
      "the file has other costs (complexity) than this program counts for its cfg; the latter are kept",
    );
  if (own !== undefined) {
    const { name: _, channels: __, trainBytes, ...trial } = own;
    return upgradeTrial({ ...trial, network: { ...described, trainBytes } }, `[${index}].designscape`);
  }
  const epochs = epochsOf(job);
  const { regime, notes: unmapped } = regimeFromPycls(job.cfg);
  for (const note of unmapped) notes.add(note);
  const place = { study: "", population, index, id: trialId("", population, index) };
  return {
    ...place,
    ...{ params, draws: 1, seed: job.cfg.RNG_SEED, regime, epochs },
    network: { ...described, trainBytes: trainBytesOf(described, regime) },
    ...outcomeOf(job, epochs),
    ms: epochs.reduce((sum, { ms }) => sum + ms, 0),
    ...{ device: `pycls, ${job.cfg.NUM_GPUS} GPU${job.cfg.NUM_GPUS === 1 ? "" : "s"}`, version: "pycls" },
  };
}

/** A job that stopped early did so for what it wrote to stderr; a loss that is no number is a network that diverged. */
function outcomeOf(
  { test_epoch, err }: Job,
  epochs: readonly EpochRecord[],
): Pick<Trial, "status" | "error" | "reason"> {
  const most = test_epoch?.epoch_max.at(-1);
  const last = test_epoch?.epoch_ind.at(-1);
  if (epochs.length > 0 && last === most)
    return { status: "done", error: Math.min(...epochs.map(({ testError }) => testError)) };
  const lastLine = err.trim().split("\n").at(-1) ?? "";
  if (/\bnan\b|\binf(inity)?\b/i.test(lastLine)) return { status: "diverged", error: 1, reason: lastLine };
  const ended = epochs.length === 0 ? "it has no epoch" : `it ended after epoch ${last} of ${most}`;
  return { status: "failed", error: null, reason: lastLine === "" ? ended : `${ended}: ${lastLine}` };
}

/** Both lists have a line an epoch; a job that was tested less often has fewer. */
function epochsOf({ train_epoch, test_epoch, test_ema_epoch }: Job): EpochRecord[] {
  if (test_epoch === undefined) return [];
  return test_epoch.epoch_ind.map((epoch, i) => {
    const trained = train_epoch?.epoch_ind.indexOf(epoch) ?? -1;
    const values = [train_epoch?.loss[trained], train_epoch?.top1_err[trained], train_epoch?.lr[trained]];
    const [trainLoss, trainError, learningRate] = values;
    const testError = test_epoch.top1_err[i];
    if (
      [trainLoss, trainError, learningRate, testError].includes(undefined) ||
      test_epoch.top1_err.length !== test_epoch.epoch_ind.length
    )
      throw new InputError([{ path: "train_epoch", message: `has no epoch ${epoch}, which test_epoch has` }]);
    const averaged = test_ema_epoch?.epoch_ind.indexOf(epoch) ?? -1;
    const emaError = test_ema_epoch?.top1_err[averaged];
    return {
      epoch,
      trainLoss: trainLoss!,
      trainError: clean(trainError! / 100),
      testError: clean(testError! / 100),
      ...(emaError === undefined ? {} : { emaError: clean(emaError / 100) }),
      learningRate: learningRate!,
      ms: clean(1000 * (train_epoch?.time_epoch?.[trained] ?? 0)),
    };
  });
}

function trainBytesOf({ spec }: Pick<TrialNetwork, "spec">, regime: Regime): number {
  return planBytes(compilePlan(buildGraph(spec, graphOptions(regime)), compileOptions(regime)));
}
