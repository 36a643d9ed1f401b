import { writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import packageJson from "../../../package.json" with { type: "json" };
import { nodeSource } from "../../engine/data/node-source.ts";
import { exportWeights } from "../../engine/export/weights.ts";
import { percentText } from "../../engine/math/percent.ts";
import { type NetworkSpec, specLimits } from "../../engine/network/spec.ts";
import type { Executor, ExecutorKind, Weights } from "../../engine/runtime/executor.ts";
import { createControl } from "../../engine/runtime/worker/control.ts";
import type { Trial } from "../../engine/sweep/trial.ts";
import { loadTrainingData } from "../../engine/training/load-data.ts";
import type { Regime } from "../../engine/training/regime.ts";
import { type EpochRecord, type TrainOutcome, trainNetwork } from "../../engine/training/trainer.ts";
import { trainingPlan } from "../../engine/training/training-plan.ts";
import { readFacts } from "../dataset.ts";
import { describeWithMemory } from "../describe-network.ts";
import { executorOption, openExecutor, threadsOption } from "../executor.ts";
import { CliError } from "../failure.ts";
import { duration, millions } from "../format.ts";
import { wholeNumber } from "../input.ts";
import { stopOnInterrupt } from "../interrupt.ts";
import { LiveLine } from "../live-line.ts";
import { printLine, printNote } from "../output.ts";
import { readTrainingNetwork } from "../training-network.ts";
import { addRegimeOptions, type RegimeOptions, regimeOf } from "../training-options.ts";

interface Options extends RegimeOptions {
  readonly stem?: "small" | "imagenet";
  readonly resolution?: number;
  readonly seed: number;
  readonly executor: ExecutorKind;
  readonly threads?: number;
  readonly save?: string;
  readonly weights: Weights;
  readonly json?: true;
}

/** The record of a single training: a trial that belongs to no study. */
type SingleTrial = Omit<Trial, "id" | "study" | "index" | "params" | "draws">;

export function registerTrain(program: Command): void {
  const command = program
    .command("train")
    .summary("train one network")
    .description(
      "Trains one network: a line per epoch, then the trial record. The network takes the data set's channels and " +
        "classes; a preset also takes its image size and the small-image stem. Images are resized to the network's " +
        "input. Status 1 if it diverges.",
    )
    .argument("<network>", "preset or spec.json");
  addRegimeOptions(command)
    .addOption(new Option("--stem <type>", "another stem").choices(["small", "imagenet"]))
    .option(
      "--resolution <n>",
      "side of the network's input (default: the data set's; a whole spec keeps its own)",
      wholeNumber(1, specLimits.side),
    )
    .option("--seed <n>", "of initial weights and image order", wholeNumber(0, 0xffffffff), 1)
    .addOption(executorOption())
    .addOption(threadsOption())
    .option(
      "--save <file>",
      "the weights of the epoch whose error is the trial's, safetensors in PyTorch's layout",
    )
    .addOption(
      new Option("--weights <which>", "what --save writes: those weights, or their averages (with --ema)")
        .choices(["trained", "averages"])
        .default("trained"),
    )
    .option("--json", "a JSON object a line")
    .action(train);
}

async function train(presetOrFile: string, options: Options): Promise<void> {
  const regime = regimeOf(options);
  if (options.weights === "averages" && regime.ema === undefined)
    throw new CliError("--weights averages needs --ema: without it none are kept");
  const dataset = await readFacts(regime.dataset);
  const { stem, resolution } = options;
  const chosen = { ...(stem && { stem }), ...(resolution && { resolution }) };
  const spec = await readTrainingNetwork(presetOrFile, dataset, chosen);
  const executor = await openExecutor(options.executor, {
    threads: options.threads,
    reproducible: regime.reproducible,
  });
  try {
    const outcome = await run(spec, regime, executor, options);
    await report(spec, regime, executor.device, outcome, options);
  } finally {
    await executor.dispose();
  }
}

async function run(
  spec: NetworkSpec,
  regime: Regime,
  executor: Executor,
  { seed, json, save, weights }: Options,
): Promise<TrainOutcome> {
  const data = await loadTrainingData(executor, regime, nodeSource());
  const control = createControl();
  const live = new LiveLine();
  const onEpoch = async (epoch: EpochRecord) => {
    live.clear();
    await printLine(json ? JSON.stringify(epoch) : epochText(epoch, regime));
  };
  const onStep = (step: number, steps: number, ms: number) =>
    live.show(`step ${step} of ${steps}, ${duration(((steps - step) * ms) / step)} left`);
  try {
    return await stopOnInterrupt(control, () =>
      trainNetwork({
        spec,
        regime,
        seed,
        executor,
        data,
        control,
        onEpoch,
        onStep,
        ...(save === undefined ? {} : { keep: weights }),
      }),
    );
  } finally {
    live.clear();
  }
}

async function report(
  spec: NetworkSpec,
  regime: Regime,
  device: string,
  { kept, ...outcome }: TrainOutcome,
  { seed, json, save }: Options,
): Promise<void> {
  const network = describeWithMemory(spec, regime.batch);
  const { version } = packageJson;
  const trial: SingleTrial = { population: "train", network, seed, regime, ...outcome, device, version };
  await printLine(json ? JSON.stringify(trial) : trialText(trial));
  if (save !== undefined && kept !== undefined) {
    const { state, weights, epoch } = kept;
    await writeFile(save, exportWeights(trainingPlan(spec, regime), state, spec, weights));
    const which = weights === "averages" ? "averaged weights" : "weights";
    printNote(`${which} of epoch ${epoch} written to ${save}`);
  }
  if (outcome.status !== "done") throw new CliError(`${outcome.status}: ${outcome.reason}`, 1);
}

function epochText(epoch: EpochRecord, { epochs }: Regime): string {
  return [
    `epoch ${epoch.epoch}/${epochs}`,
    `loss ${epoch.trainLoss.toFixed(4)}`,
    `training error ${percentText(epoch.trainError)}`,
    `test error ${percentText(epoch.testError)}`,
    ...(epoch.validationError === undefined
      ? []
      : [`validation error ${percentText(epoch.validationError)}`]),
    ...(epoch.emaError === undefined ? [] : [`averaged ${percentText(epoch.emaError)}`]),
    ...(epoch.resolution === undefined ? [] : [`${epoch.resolution} pixels`]),
    duration(epoch.ms),
  ].join("  ");
}

function trialText({ network, status, error, ms, device }: SingleTrial): string {
  const cost = `flops ${millions(network.flops)}, params ${millions(network.params)}`;
  const result = error === null ? status : `${status}, error ${percentText(error)}`;
  return `${network.name ?? "network"} (${cost}): ${result} in ${duration(ms)} on ${device}`;
}
