import { parse } from "yaml";
import { ExportError, specToPycls } from "../export/pycls.ts";
import type { Trial } from "../sweep/trial.ts";
import type { Regime } from "../training/regime.ts";

/**
 * Trials as the `sweep.json` of pycls (facebookresearch/pycls, tools/sweep_collect.py), which its sweep/analysis.py loads: a
 * list with, per network, its config `cfg`, its `complexity`, and lists over the epochs in `train_epoch`, `test_epoch` and
 * `test_ema_epoch`. Errors are percent there, times seconds, memory megabytes.
 *
 * What pycls has no word for is in a field of its own, `designscape`, which it passes over: with it `readSweepJson` gives
 * the same trials back.
 */
export interface SweepJson {
  readonly text: string;
  /** What is missing or means something else there, in sentences. */
  readonly notes: readonly string[];
}

/** One network of a sweep.json, as far as it is written here. */
export interface SweepJob {
  readonly cfg: unknown;
  readonly complexity: { readonly flops: number; readonly params: number; readonly acts: number };
  readonly train_epoch?: EpochColumns & {
    readonly loss: number[];
    readonly lr: number[];
    readonly mem: number[];
  };
  readonly test_epoch?: TestColumns;
  readonly test_ema_epoch?: TestColumns;
  readonly log_file: string;
  readonly err_file: string;
  /** What the job wrote to stderr. */
  readonly err: string;
  readonly designscape: OwnFields;
}

interface EpochColumns {
  /** "1/50". */
  readonly epoch: string[];
  readonly epoch_ind: number[];
  readonly epoch_max: number[];
  readonly time_epoch: number[];
  /** Percent. */
  readonly top1_err: number[];
}

interface TestColumns extends EpochColumns {
  /** Percent; the lowest so far. */
  readonly min_top1_err: number[];
}

/** The trial as it is here, without its network, which is in `cfg`: percent and back would lose the last bits of an error. */
export type OwnFields = Omit<Trial, "network"> & {
  readonly name: string | null;
  readonly channels: number;
  readonly trainBytes: number;
};

export function writeSweepJson(trials: readonly Trial[]): SweepJson {
  const left = new Map<string, number>();
  const jobs = trials.flatMap((trial) => {
    try {
      return [jobOf(trial)];
    } catch (error) {
      if (!(error instanceof ExportError)) throw error;
      left.set(error.message, (left.get(error.message) ?? 0) + 1);
      return [];
    }
  });
  const notes = [
    ...Array.from(left, ([why, count]) => `${count} of ${trials.length} networks are left out: ${why}`),
    ...outcomeNotes(trials),
  ];
  return { text: `[\n${jobs.map((job) => JSON.stringify(job)).join(",\n")}\n]\n`, notes };
}

function outcomeNotes(trials: readonly Trial[]): string[] {
  const count = (test: (trial: Trial) => boolean) => trials.filter(test).length;
  const diverged = count(({ status }) => status === "diverged");
  const empty = count(({ epochs }) => epochs.length === 0);
  const plain = count(({ epochs }) => epochs.some(({ emaError }) => emaError === undefined));
  return [
    ...(diverged > 0
      ? [`${diverged} diverged: here they count with error 1, pycls takes the lowest error of their epochs`]
      : []),
    ...(empty > 0 ? [`${empty} ended before an epoch: pycls' load_sweep passes over them`] : []),
    ...(plain > 0
      ? [
          `${plain} were trained without averaged weights: their test_ema_epoch repeats test_epoch, without which load_sweep would pass over them`,
        ]
      : []),
  ];
}

function jobOf(trial: Trial): SweepJob {
  const { network, ...own } = trial;
  const { epochs, reason = "" } = own;
  const { spec, name, flops, params, acts, trainBytes } = network;
  const regnet = trial.params.family === "regnet" ? { regnet: trial.params } : {};
  const config = parse(specToPycls(spec, { regime: trial.regime, ...regnet }), { version: "1.1" });
  const folder = `${trial.study}/logs/${trial.population} ${trial.index}`;
  const tested = (error: (epoch: Trial["epochs"][number]) => number): TestColumns => {
    const errors = epochs.map((epoch) => percent(error(epoch)));
    const lowest = errors.map((_, i) => Math.min(...errors.slice(0, i + 1)));
    return { ...epochColumns(trial), top1_err: errors, min_top1_err: lowest };
  };
  return {
    cfg: { ...config, ...beside(config, trial) },
    complexity: { flops, params, acts },
    ...(epochs.length > 0 && {
      train_epoch: {
        ...epochColumns(trial),
        top1_err: epochs.map(({ trainError }) => percent(trainError)),
        loss: epochs.map(({ trainLoss }) => trainLoss),
        lr: epochs.map(({ learningRate }) => learningRate),
        mem: epochs.map(() => Math.ceil(trainBytes / 2 ** 20)),
      },
      test_epoch: tested(({ testError }) => testError),
      test_ema_epoch: tested(({ testError, emaError }) => emaError ?? testError),
    }),
    ...{ log_file: `${folder}/stdout.log`, err_file: `${folder}/stderr.log`, err: reason },
    designscape: { ...own, name, channels: spec.input.channels, trainBytes },
  };
}

function epochColumns({ epochs, regime }: Trial): Omit<EpochColumns, "top1_err"> {
  return {
    epoch: epochs.map(({ epoch }) => `${epoch}/${regime.epochs}`),
    epoch_ind: epochs.map(({ epoch }) => epoch),
    epoch_max: epochs.map(() => regime.epochs),
    time_epoch: epochs.map(({ ms }) => ms / 1000),
  };
}

/** What the config files of single networks leave to pycls' defaults, and its analysis asks for. */
function beside(
  config: { readonly OPTIM: object; readonly TRAIN: object },
  { regime, seed, population, index }: Trial,
): object {
  return {
    DESC: `${population} ${index}`,
    RNG_SEED: seed,
    NUM_GPUS: 1,
    OPTIM: { MIN_LR: 0, ...config.OPTIM, ...emaFields(regime) },
    TRAIN: { ...config.TRAIN, MIXUP_ALPHA: regime.mixup ?? 0 },
  };
}

/**
 * pycls weighs the new value with EMA_ALPHA·BATCH_SIZE/MAX_EPOCH·EMA_UPDATE_PERIOD every so many steps (core/net.py,
 * update_model_ema); ours is 1 − d after every step.
 */
export function emaFields({ ema = 0, batch, epochs }: Regime): {
  readonly EMA_ALPHA: number;
  readonly EMA_UPDATE_PERIOD: number;
} {
  if (ema === 0) return { EMA_ALPHA: 0, EMA_UPDATE_PERIOD: 0 };
  return { EMA_ALPHA: ((1 - ema) * epochs) / batch, EMA_UPDATE_PERIOD: 1 };
}

function percent(fraction: number): number {
  return clean(100 * fraction);
}

/** Without the last bits, which a factor of 100 leaves. */
export function clean(value: number): number {
  return Number(value.toPrecision(12));
}
