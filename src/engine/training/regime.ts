import { z } from "zod";
import { datasetNames } from "../data/catalogue.ts";
import { isOwnName } from "../data/dataset-name.ts";
import { allowedNames } from "../data/errors.ts";
import { maxMagnitude } from "../data/rand-augment.ts";
import type { GraphOptions } from "../graph/build.ts";
import type { CompileOptions } from "../plan/compile.ts";

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
  epochs: { min: 1, max: 1_000 },
  batch: { min: 2, max: 4_096 },
  learningRate: { min: 1e-6, max: 100 },
  momentum: { min: 0, max: 0.999 },
  weightDecay: { min: 0, max: 1 },
  warmup: { min: 0, max: 0.9 },
  labelSmoothing: { min: 0, max: 0.9 },
  stochasticDepth: { min: 0, max: 0.9 },
  cropPadding: { min: 0, max: 32 },
  randAugment: { min: 0, max: maxMagnitude },
  mixup: { min: 0, max: 10 },
  ema: { min: 0, max: 0.99999 },
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
    /** How the learning rate falls from its peak: `cosine` to 0 over the whole run, `constant` not at all. */
    schedule: z.enum(["cosine", "constant"]).default("cosine"),
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
    /** Random crops with so many pixels of padding on every side of the image; pycls' CIFAR loader has 4. */
    cropPadding: int(regimeLimits.cropPadding).optional(),
    /** Half of the training images, left and right exchanged. */
    flip: z.boolean().optional(),
    /** M: magnitude of RandAugment, those of its operations that data/rand-augment.ts has. */
    randAugment: real(regimeLimits.randAugment).optional(),
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
  })
  .refine((regime) => regime.batch <= regime.images, {
    path: ["batch"],
    error: (issue) => {
      const { batch, images } = issue.input as { batch: number; images: number };
      return `${batch} is not allowed; at most the images per epoch (${images})`;
    },
  });

export type Regime = Readonly<z.output<typeof regimeSchema>>;

export const defaultRegime: Regime = regimeSchema.parse({});

/** A number of the regime as controls, tables and files present it. */
export interface RegimeField {
  readonly key: keyof typeof regimeLimits;
  readonly label: string;
  /** How the papers write it, where they do. */
  readonly symbol?: string;
  readonly integer: boolean;
  readonly help: string;
}

export const regimeFields: readonly RegimeField[] = [
  {
    key: "images",
    label: "Images per epoch",
    integer: true,
    help: "training images a network sees per epoch",
  },
  { key: "testImages", label: "Test images", integer: true, help: "images the error is measured on" },
  { key: "epochs", label: "Epochs", integer: true, help: "passes over the training images" },
  { key: "batch", label: "Batch", integer: true, help: "images per step" },
  {
    key: "learningRate",
    label: "Learning rate",
    symbol: "η",
    integer: false,
    help: "peak, reached after the warm-up",
  },
  { key: "momentum", label: "Momentum", integer: false, help: "of SGD" },
  {
    key: "weightDecay",
    label: "Weight decay",
    integer: false,
    help: "added to the gradient, times the weight",
  },
  {
    key: "warmup",
    label: "Warm-up",
    integer: false,
    help: "fraction of the steps in which the learning rate grows",
  },
  {
    key: "labelSmoothing",
    label: "Label smoothing",
    symbol: "s",
    integer: false,
    help: "share of the target spread over all classes",
  },
  {
    key: "stochasticDepth",
    label: "Stochastic depth",
    symbol: "p",
    integer: false,
    help: "chance that training leaves out the deepest residual branch; less for those before it",
  },
  {
    key: "cropPadding",
    label: "Crop padding",
    integer: true,
    help: "training images are cropped at random from a frame of so many pixels around them",
  },
  {
    key: "randAugment",
    label: "RandAugment",
    symbol: "M",
    integer: false,
    help: "magnitude of two random changes per image: shear, shift, rotation, contrast, brightness",
  },
  {
    key: "mixup",
    label: "Mixup",
    symbol: "α",
    integer: false,
    help: "images and labels are mixed in pairs, with weights drawn from Beta(α, α)",
  },
  {
    key: "ema",
    label: "Averaged weights",
    symbol: "d",
    integer: false,
    help: "decay of moving averages of the weights, over about 1/(1 − d) steps, evaluated as well",
  },
];

/** What of the regime is on or off, as controls present it. */
export interface RegimeSwitch {
  readonly key: "nesterov" | "flip" | "spareNorms" | "reproducible";
  readonly label: string;
  readonly help: string;
}

export const regimeSwitches: readonly RegimeSwitch[] = [
  { key: "nesterov", label: "Nesterov momentum", help: "the gradient is taken where the momentum leads" },
  { key: "flip", label: "Random flips", help: "half of the training images, left and right exchanged" },
  {
    key: "spareNorms",
    label: "Decay spares norms",
    help: "weight decay leaves norms and biases alone",
  },
  { key: "reproducible", label: "Reproducible", help: "the same numbers on every machine, a little slower" },
];

/** What a regime asks of the graph of every network. */
export function graphOptions({ stochasticDepth = 0 }: Pick<Regime, "stochasticDepth">): GraphOptions {
  return { stochasticDepth: stochasticDepth > 0 };
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
