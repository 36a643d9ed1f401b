import { z } from "zod";
import { datasetNames } from "../data/catalogue.ts";
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
} as const;

const int = (limits: { readonly min: number; readonly max: number }) =>
  z.int().min(limits.min).max(limits.max);
const real = (limits: { readonly min: number; readonly max: number }) =>
  z.number().min(limits.min).max(limits.max);

export const regimeSchema = z
  .strictObject({
    dataset: z.enum(datasetNames).default("fashion-mnist"),
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
     * p·l/L (Huang et al. 2016, arXiv:1603.09382). Absent is 0: regimes from before there was such a field stay as
     * they are, and so do the ids and records of their studies.
     */
    stochasticDepth: real(regimeLimits.stochasticDepth).optional(),
  })
  .refine((regime) => regime.batch <= regime.images, {
    path: ["batch"],
    error: (issue) => {
      const { batch, images } = issue.input as { batch: number; images: number };
      return `${batch} is not allowed; at most the images per epoch (${images})`;
    },
  });

export type Regime = Readonly<z.output<typeof regimeSchema>>;

/** A name of the data catalogue. */
export type DatasetName = Regime["dataset"];
export { datasetNames };

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
];

/** What a regime asks of the graph of every network. */
export function graphOptions({ stochasticDepth = 0 }: Pick<Regime, "stochasticDepth">): GraphOptions {
  return { stochasticDepth: stochasticDepth > 0 };
}

/** What a regime asks of the plan of every network. */
export function compileOptions(regime: Regime): CompileOptions {
  const { batch, labelSmoothing, momentum, nesterov, weightDecay } = regime;
  return { batch, labelSmoothing, optimizer: { type: "sgd", momentum, nesterov, weightDecay } };
}

/** Steps of one epoch; the partial batch at the end is left out. */
export function stepsPerEpoch(regime: Pick<Regime, "images" | "batch">): number {
  return Math.floor(regime.images / regime.batch);
}
