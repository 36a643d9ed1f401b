import { z } from "zod";
import { datasetNames } from "../data/catalogue.ts";
import { isOwnName } from "../data/dataset-name.ts";
import { allowedNames } from "../data/errors.ts";
import { maxMagnitude } from "../data/magnitude.ts";
import type { GraphOptions } from "../graph/build.ts";
import { specLimits } from "../network/spec.ts";
import type { CompileOptions } from "../plan/compile.ts";
import { contradictions } from "./regime-checks.ts";
import { scheduleNames } from "./schedule.ts";

/**
 * A regime says how every network of a study is trained: data, length, optimizer, schedule. With a seed it fixes a
 * training run completely.
 *
 * The defaults follow pycls' CIFAR sweeps (configs/sweeps/cifar: SGD with Nesterov momentum 0.9, weight decay 5e-4,
 * cosine schedule with a tenth of the run as warm-up, label smoothing 0.1), shortened from 50 epochs of 50,000 images to
 * what a laptop's processor does in a few seconds per network. With few steps to take, small batches do better: 32
 * instead of 1,024, and the learning rate follows (1.0 there, 0.05 here).
 */

/** Limits at every border. Whether a data set has so many images is known, and said, when it is loaded. */
export const regimeLimits = {
  images: { min: 16, max: 1_000_000 },
  testImages: { min: 16, max: 1_000_000 },
  validation: { min: 0, max: 1_000_000 },
  epochs: { min: 1, max: 1_000 },
  batch: { min: 2, max: 4_096 },
  learningRate: { min: 1e-6, max: 100 },
  momentum: { min: 0, max: 0.999 },
  weightDecay: { min: 0, max: 1 },
  warmup: { min: 0, max: 0.9 },
  labelSmoothing: { min: 0, max: 0.9 },
  stochasticDepth: { min: 0, max: 0.9 },
  dropout: { min: 0, max: 0.9 },
  cropPadding: { min: 0, max: 32 },
  randAugment: { min: 0, max: maxMagnitude },
  randAugmentOperations: { min: 0, max: 8 },
  mixup: { min: 0, max: 10 },
  ema: { min: 0, max: 0.99999 },
} as const;

/** Of the fields that belong to some schedules only. */
export const scheduleLimits = {
  finalRate: { min: 0, max: 1 },
  /** A fraction of the run. */
  milestone: { min: 0.001, max: 0.999 },
  /** How many. */
  milestones: 20,
  stepFactor: { min: 0.001, max: 1 },
} as const;

/** Of progressive learning and fine-tuning. */
export const phaseLimits = {
  phases: { min: 2, max: 100 },
  resolution: { min: 1, max: specLimits.side },
} as const;

const int = (limits: { readonly min: number; readonly max: number }) =>
  z.int().min(limits.min).max(limits.max);
const real = (limits: { readonly min: number; readonly max: number }) =>
  z.number().min(limits.min).max(limits.max);

export const regimeSchema = z
  .strictObject({
    /** One of the catalogue, or a user's own images: whether they are on this machine is known when they are loaded. */
    dataset: z
      .string()
      .refine((name) => datasetNames.includes(name) || isOwnName(name), {
        error: ({ input }) => `${JSON.stringify(input)} is not allowed; expected ${allowedNames()}`,
      })
      .default("fashion-mnist"),
    /** Training images per epoch: the first so many of the (stratified) training set, the same in every epoch. */
    images: int(regimeLimits.images).default(2_048),
    /** Test images the error is measured on after every epoch. */
    testImages: int(regimeLimits.testImages).default(1_000),
    /**
     * Images of the training set, the ones behind `images`, that are not trained on: their error after every epoch
     * chooses the epoch whose test error is the trial's, so that no image both chooses and reports.
     */
    validation: int(regimeLimits.validation).optional(),
    epochs: int(regimeLimits.epochs).default(3),
    /** Images per step. The last, partial batch of an epoch is left out. */
    batch: int(regimeLimits.batch).default(32),
    /** η: the peak, reached after the warm-up. */
    learningRate: real(regimeLimits.learningRate).default(0.05),
    /** SGD momentum. */
    momentum: real(regimeLimits.momentum).default(0.9),
    nesterov: z.boolean().default(true),
    /** Added to the gradient as weightDecay·p. */
    weightDecay: real(regimeLimits.weightDecay).default(5e-4),
    /** How the learning rate falls from its peak (schedule.ts). */
    schedule: z.enum(scheduleNames).default("cosine"),
    /** f: η at the end over its peak. Left out, here as below: what schedule.ts says. */
    finalRate: real(scheduleLimits.finalRate).optional(),
    /** Of `step`: fractions of the run at which η falls. */
    milestones: z.array(real(scheduleLimits.milestone)).min(1).max(scheduleLimits.milestones).optional(),
    /** Of `step`: what every milestone multiplies η with (pycls' LR_MULT). */
    stepFactor: real(scheduleLimits.stepFactor).optional(),
    /** Fraction of all steps in which the learning rate grows linearly to its peak. */
    warmup: real(regimeLimits.warmup).default(0.1),
    /** s: the target is s/classes everywhere plus 1 − s on the label. */
    labelSmoothing: real(regimeLimits.labelSmoothing).default(0.1),
    /**
     * p of stochastic depth: training leaves out the deepest residual branch with this probability, branch l of L with
     * p·l/L (Huang et al. 2016, arXiv:1603.09382). Absent is 0, here and in all fields below: regimes from before there
     * was such a field stay as they are, and so do the ids and records of their studies.
     */
    stochasticDepth: real(regimeLimits.stochasticDepth).optional(),
    /** p of dropout before the classifier: training leaves out every unit with this probability (EfficientNet: 0.2–0.5). */
    dropout: real(regimeLimits.dropout).optional(),
    /** Random crops with so many pixels of padding on every side of the image; pycls' CIFAR loader has 4. */
    cropPadding: int(regimeLimits.cropPadding).optional(),
    /** Half of the training images, left and right exchanged. */
    flip: z.boolean().optional(),
    /** M: magnitude of RandAugment. */
    randAugment: real(regimeLimits.randAugment).optional(),
    /**
     * N: each image goes through so many of RandAugment's 14 operations (data/rand-augment.ts); with 0 through two of the
     * eight that are affine maps (data/rand-augment-affine.ts).
     */
    randAugmentOperations: int(regimeLimits.randAugmentOperations).optional(),
    /** α of mixup: weights are drawn from Beta(α, α). */
    mixup: real(regimeLimits.mixup).optional(),
    /** Weight decay leaves norms and biases alone. */
    spareNorms: z.boolean().optional(),
    /**
     * d: moving averages of all weights and running statistics, average = d·average + (1 − d)·value after every step, are
     * evaluated beside the weights themselves (timm's ModelEmaV2). They look back over about 1/(1 − d) steps.
     */
    ema: real(regimeLimits.ema).optional(),
    /**
     * Asks for kernels that round the same on every machine, instead of the fastest (fused multiply-add where the
     * processor has it).
     */
    reproducible: z.boolean().optional(),
    /** Progressive learning: where image size and regularizers begin; they end where the network and the regime have them. */
    progressive: z
      .strictObject({
        /** M. */
        phases: int(phaseLimits.phases),
        /** S₀: side of the first phase's images. Left out: images keep their size, and below: their strength. */
        resolution: int(phaseLimits.resolution).optional(),
        dropout: real(regimeLimits.dropout).optional(),
        randAugment: real(regimeLimits.randAugment).optional(),
        mixup: real(regimeLimits.mixup).optional(),
        stochasticDepth: real(regimeLimits.stochasticDepth).optional(),
      })
      .optional(),
    /** The last epochs at another image size. */
    fineTune: z
      .strictObject({
        /** Side of the images. */
        resolution: int(phaseLimits.resolution),
        /** How many of the regime's epochs. */
        epochs: int(regimeLimits.epochs),
        /** η at its beginning. */
        learningRate: real(regimeLimits.learningRate),
      })
      .optional(),
  })
  .superRefine((regime, context) => {
    for (const { key, message } of contradictions(regime))
      context.addIssue({ code: "custom", path: key, message });
  });

export type Regime = Readonly<z.output<typeof regimeSchema>>;

export const defaultRegime: Regime = regimeSchema.parse({});

/** What progressive learning makes stronger from phase to phase. */
export const regularizers = ["dropout", "randAugment", "mixup", "stochasticDepth"] as const;

export type Regularizer = (typeof regularizers)[number];

/** What a regime asks of the graph of every network. */
export function graphOptions(regime: Pick<Regime, "stochasticDepth" | "dropout">): GraphOptions {
  const { stochasticDepth = 0, dropout = 0 } = regime;
  return { stochasticDepth: stochasticDepth > 0, dropout: dropout > 0 };
}

/** What a regime asks of the plan of every network. */
export function compileOptions(regime: Regime): CompileOptions {
  const { batch, labelSmoothing, momentum, nesterov, weightDecay, spareNorms = false, ema = 0 } = regime;
  const spared = spareNorms ? { spareNorms } : {};
  const averaged = ema > 0 ? { ema } : {};
  return {
    batch,
    labelSmoothing,
    optimizer: { type: "sgd", momentum, nesterov, weightDecay, ...spared, ...averaged },
  };
}

/** Steps of one epoch; the partial batch at the end is left out. */
export function stepsPerEpoch(regime: Pick<Regime, "images" | "batch">): number {
  return Math.floor(regime.images / regime.batch);
}
