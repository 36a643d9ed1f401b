import { z } from "zod";
import { parseInput } from "../math/input-error.ts";
import { defaultRegime, type Regime } from "../training/regime.ts";

/** How pycls trained a network, in the words of our regimes. */
export interface MappedRegime {
  readonly regime: Regime;
  /** What has no word here, or another meaning. */
  readonly notes: readonly string[];
}

/** The parts of a pycls config that say how to train; the defaults are pycls'. */
const trainingSchema = z.looseObject({
  OPTIM: z.looseObject({
    BASE_LR: z.number().default(0.1),
    MIN_LR: z.number().default(0),
    LR_POLICY: z.string().default("cos"),
    STEPS: z.array(z.number()).default([]),
    LR_MULT: z.number().default(0.1),
    MAX_EPOCH: z.int().min(1).default(200),
    MOMENTUM: z.number().default(0.9),
    NESTEROV: z.boolean().default(true),
    WEIGHT_DECAY: z.number().default(5e-4),
    WARMUP_EPOCHS: z.number().default(0),
    EMA_ALPHA: z.number().default(0),
    EMA_UPDATE_PERIOD: z.number().default(0),
    OPTIMIZER: z.string().optional(),
  }),
  TRAIN: z.looseObject({
    DATASET: z.string().default(""),
    BATCH_SIZE: z.int().min(1).default(128),
    LABEL_SMOOTHING: z.number().default(0),
    MIXUP_ALPHA: z.number().default(0),
    AUGMENT: z.string().default(""),
  }),
  BN: z
    .looseObject({
      USE_CUSTOM_WEIGHT_DECAY: z.boolean().default(false),
      CUSTOM_WEIGHT_DECAY: z.number().default(0),
    })
    .default({ USE_CUSTOM_WEIGHT_DECAY: false, CUSTOM_WEIGHT_DECAY: 0 }),
  EN: z.looseObject({ DC_RATIO: z.number().default(0), DROPOUT_RATIO: z.number().default(0) }).optional(),
  MODEL: z.looseObject({ TYPE: z.string() }),
});

type Training = z.output<typeof trainingSchema>;

/** Training and test images of pycls' data sets. */
const imageCounts: Readonly<Record<string, readonly [train: number, test: number]>> = {
  cifar10: [50_000, 10_000],
  imagenet: [1_281_167, 50_000],
};

export function regimeFromPycls(cfg: unknown): MappedRegime {
  const config = parseInput(trainingSchema, cfg);
  const { OPTIM, TRAIN } = config;
  const dataset = TRAIN.DATASET.replaceAll("_", "-") || "unknown";
  const [images, testImages] = imageCounts[dataset] ?? [defaultRegime.images, defaultRegime.testImages];
  const schedule = scheduleOf(OPTIM);
  const spared = config.BN.USE_CUSTOM_WEIGHT_DECAY && config.BN.CUSTOM_WEIGHT_DECAY === 0;
  const ema = emaDecay(config);
  // Every field is said: what a program's defaults are may change, how this was trained does not.
  const regime: Regime = {
    ...{ dataset, images, testImages },
    epochs: OPTIM.MAX_EPOCH,
    batch: TRAIN.BATCH_SIZE,
    learningRate: OPTIM.BASE_LR,
    momentum: OPTIM.MOMENTUM,
    nesterov: OPTIM.NESTEROV,
    weightDecay: OPTIM.WEIGHT_DECAY,
    ...(schedule ?? { schedule: "cosine" }),
    warmup: OPTIM.WARMUP_EPOCHS / OPTIM.MAX_EPOCH,
    labelSmoothing: TRAIN.LABEL_SMOOTHING,
    ...(TRAIN.MIXUP_ALPHA > 0 ? { mixup: TRAIN.MIXUP_ALPHA } : {}),
    ...(spared ? { spareNorms: true } : {}),
    ...(ema > 0 ? { ema } : {}),
    // Its CIFAR loader crops and flips, always.
    ...(dataset === "cifar10" ? { cropPadding: 4, flip: true } : {}),
  };
  return { regime, notes: unmapped(config, schedule !== undefined, dataset) };
}

/**
 * LR_POLICY in the words of our regimes (training/schedule.ts); undefined where there is none. The lowest rate is a share
 * of the peak in both; steps at epoch 0, and those that the run never comes to, change nothing.
 */
function scheduleOf({
  LR_POLICY,
  MIN_LR,
  STEPS,
  LR_MULT,
  MAX_EPOCH,
}: Training["OPTIM"]): Pick<Regime, "schedule" | "finalRate" | "milestones" | "stepFactor"> | undefined {
  const lowest = MIN_LR > 0 ? { finalRate: MIN_LR } : {};
  switch (LR_POLICY) {
    case "cos":
      return { schedule: "cosine", ...lowest };
    case "lin":
      return { schedule: "linear", ...lowest };
    case "exp":
      return MIN_LR > 0 ? { schedule: "exponential", ...lowest } : undefined;
    case "steps": {
      const epochs = STEPS.filter((step) => step > 0 && step < MAX_EPOCH);
      const milestones = [...new Set(epochs)].sort((a, b) => a - b).map((step) => step / MAX_EPOCH);
      return milestones.length === 0
        ? { schedule: "constant" }
        : { schedule: "step", milestones, stepFactor: LR_MULT };
    }
    default:
      return undefined;
  }
}

/** d of averaging after every step that forgets as fast: α every k steps is 1 − (1 − α)^(1/k) every step. */
function emaDecay({ OPTIM, TRAIN }: Training): number {
  const { EMA_ALPHA: weight, EMA_UPDATE_PERIOD: period, MAX_EPOCH } = OPTIM;
  if (weight === 0 || period === 0) return 0;
  const alpha = Math.min(1, (weight * TRAIN.BATCH_SIZE * period) / MAX_EPOCH);
  return Number(((1 - alpha) ** (1 / period)).toPrecision(12));
}

function unmapped({ OPTIM, TRAIN, BN, EN, MODEL }: Training, scheduled: boolean, dataset: string): string[] {
  const { LR_POLICY, MIN_LR, OPTIMIZER = "sgd" } = OPTIM;
  return [
    ...(scheduled
      ? []
      : LR_POLICY === "exp"
        ? [`OPTIM.LR_POLICY "exp" needs a MIN_LR above 0, not ${MIN_LR}; it is shown as cosine`]
        : [`OPTIM.LR_POLICY "${LR_POLICY}" is shown as cosine`]),
    ...(/sgd/i.test(OPTIMIZER) ? [] : [`OPTIM.OPTIMIZER "${OPTIMIZER}" has no word here`]),
    ...(TRAIN.AUGMENT === "" ? [] : [`TRAIN.AUGMENT "${TRAIN.AUGMENT}" has no word here`]),
    ...(BN.USE_CUSTOM_WEIGHT_DECAY && BN.CUSTOM_WEIGHT_DECAY > 0
      ? [`BN.CUSTOM_WEIGHT_DECAY ${BN.CUSTOM_WEIGHT_DECAY} has no word here`]
      : []),
    ...(MODEL.TYPE === "effnet" && EN && EN.DC_RATIO + EN.DROPOUT_RATIO > 0
      ? [`EN.DC_RATIO ${EN.DC_RATIO} and EN.DROPOUT_RATIO ${EN.DROPOUT_RATIO} are not taken over`]
      : []),
    ...(dataset in imageCounts
      ? []
      : [`TRAIN.DATASET "${TRAIN.DATASET}": how many images it has is not in the file`]),
  ];
}
