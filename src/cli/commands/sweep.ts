import type { Command } from "commander";
import packageJson from "../../../package.json" with { type: "json" };
import { nodeSource } from "../../engine/data/node-source.ts";
import type { Executor, ExecutorKind } from "../../engine/runtime/executor.ts";
import { createControl } from "../../engine/runtime/worker/control.ts";
import { SpeedsFile } from "../../engine/sweep/node-device-speeds.ts";
import { claimFile } from "../../engine/sweep/node-file-claim.ts";
import { TrialFile, type TrialFileMode } from "../../engine/sweep/node-trial-file.ts";
import { checkPopulations } from "../../engine/sweep/population.ts";
import type { SweepProgress, SweepSummary } from "../../engine/sweep/protocol.ts";
import { runSweep } from "../../engine/sweep/scheduler.ts";
import type { Study } from "../../engine/sweep/study.ts";
import { studyId } from "../../engine/sweep/study-id.ts";
import type { SweepListener } from "../../engine/sweep/sweep-run.ts";
import { isSettled, type Trial } from "../../engine/sweep/trial.ts";
import { type LoadedData, loadTrainingData } from "../../engine/training/load-data.ts";
import { trainNetwork } from "../../engine/training/trainer.ts";
import { readFacts } from "../dataset.ts";
import { executorOption, openExecutor, reproducibleOption, threadsOption } from "../executor.ts";
import { CliError } from "../failure.ts";
import { duration } from "../format.ts";
import { numberWithin } from "../input.ts";
import { stopOnInterrupt } from "../interrupt.ts";
import { LiveLine } from "../live-line.ts";
import { printLine } from "../output.ts";
import { readStudy } from "../study-file.ts";
import { populationRows, progressText, summaryText, trialText } from "../sweep-report.ts";

interface Options {
  readonly out: string;
  readonly resume?: true;
  readonly force?: true;
  readonly executor: ExecutorKind;
  readonly threads?: number;
  readonly reproducible?: true;
  readonly duty: number;
  readonly retryFailed?: true;
  readonly json?: true;
}

export function registerSweep(program: Command): void {
  program
    .command("sweep")
    .summary("run a study")
    .description(
      "Trains every network of a study and appends a trial record per network to a file, in an order that lets all " +
        "EDFs grow together. Ctrl-C stops after the step under way; --resume goes on from the last epoch, after a crash " +
        "too: what is under way is kept in <file>.checkpoints. How fast devices are is kept beside the results, in " +
        "device-speeds.json, so that the next study knows its time. Progress goes to stderr. Status 1 " +
        "if a trial failed or the study was stopped.",
    )
    .argument("<study>", "YAML or JSON; see examples/")
    .requiredOption("--out <file>", "results, a JSON object a line")
    .option("--resume", "go on with an existing results file of this study")
    .option("--force", "replace an existing results file")
    .addOption(executorOption())
    .addOption(threadsOption())
    .addOption(reproducibleOption())
    .option("--retry-failed", "with --resume: train trials that failed again")
    .option(
      "--duty <share>",
      "share of the time to work, 0.05 to 1: below 1 it rests between steps, so that the machine stays usable",
      numberWithin(0.05, 1),
      1,
    )
    .option("--json", "trial records on stdout too, then the summary, a JSON object a line")
    .action(sweep);
}

async function sweep(path: string, options: Options): Promise<void> {
  if (options.retryFailed && !options.resume) throw new CliError("--retry-failed needs --resume");
  if (options.resume && options.force) throw new CliError("--resume and --force exclude each other");
  const written = await readStudy(path);
  const study = options.reproducible
    ? { ...written, regime: { ...written.regime, reproducible: true } }
    : written;
  const dataset = await readFacts(study.regime.dataset);
  checkPopulations(study, dataset);
  const executor = await openExecutor(options.executor, {
    threads: options.threads,
    reproducible: study.regime.reproducible,
  });
  try {
    const data = await loadTrainingData(executor, study.regime, nodeSource());
    const release = await claimFile(options.out);
    if (release === undefined)
      throw new CliError(
        `${options.out}: another sweep is writing to it; wait until that one has ended, or give another --out`,
      );
    try {
      // Last, so that a study that cannot run leaves no file behind.
      const mode: TrialFileMode = options.resume ? "resume" : options.force ? "replace" : "new";
      const out = await TrialFile.open(options.out, studyId(study), mode);
      try {
        const { summary, trials } = await run(study, out, executor, data, options);
        await report(study, trials, summary, options);
      } finally {
        await out.close();
      }
    } finally {
      await release();
    }
  } finally {
    await executor.dispose();
  }
}

interface Finished {
  readonly summary: SweepSummary;
  /** Of this run and earlier ones. */
  readonly trials: readonly Trial[];
}

async function run(
  study: Study,
  out: TrialFile,
  executor: Executor,
  data: LoadedData,
  { out: path, json, duty, retryFailed }: Options,
): Promise<Finished> {
  const control = createControl({ duty });
  const live = new LiveLine();
  const trials = new Map(out.recorded.filter(isSettled).map((trial) => [trial.id, trial]));
  if (out.repaired) live.print("a half-written last line was cut off; its trial is trained again");
  if (trials.size > 0)
    live.print(`${trials.size} ${trials.size === 1 ? "trial is" : "trials are"} recorded already`);
  const start = performance.now();
  try {
    const summary = await stopOnInterrupt(control, () =>
      runSweep({
        study,
        studyId: studyId(study),
        dataset: data.facts,
        dataDigest: data.digest,
        recorded: [...trials.values()],
        retryFailed,
        train: (job) => trainNetwork({ ...job, executor, data }),
        recorder: out,
        listener: listener(live, trials, json === true),
        control,
        device: executor.device,
        version: packageJson.version,
        speeds: new SpeedsFile(path),
      }),
    );
    live.print(`${summary.outcome} after ${duration(performance.now() - start)} on ${executor.device}`);
    return { summary, trials: [...trials.values()] };
  } finally {
    live.clear();
  }
}

/** Shows progress, and collects the trials. */
function listener(live: LiveLine, trials: Map<string, Trial>, json: boolean): SweepListener {
  let finished: Trial | undefined;
  return {
    trialDone(trial) {
      if (trial.status !== "stopped") finished = trial;
      if (!isSettled(trial)) return;
      trials.set(trial.id, trial);
      if (json) void printLine(JSON.stringify(trial));
    },
    progress(progress: SweepProgress) {
      // The report after a trial is the first that counts it.
      if (finished) live.print(`${trialText(finished, progress)}  (${progressText(progress)})`);
      finished = undefined;
      live.show(progressText(progress));
    },
  };
}

async function report(
  study: Study,
  trials: readonly Trial[],
  summary: SweepSummary,
  { json, out }: Options,
): Promise<void> {
  const populations = populationRows(study, trials, summary);
  await printLine(
    json ? JSON.stringify({ summary: { ...summary, populations } }) : summaryText(study, trials, summary),
  );
  if (summary.outcome === "stopped")
    throw new CliError(
      `stopped after ${summary.trials} trials${summary.reason ? `: ${summary.reason}` : ""}; --resume --out ${out} goes on`,
      1,
    );
  const failed = trials.filter(({ status }) => status === "failed");
  if (failed.length > 0)
    throw new CliError(
      `${failed.length} trials failed; the first: ${failed[0]!.id}: ${failed[0]!.reason}`,
      1,
    );
}
