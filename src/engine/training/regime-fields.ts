import type { regimeLimits } from "./regime.ts";

/** Parts of a regime, in the order in which controls show them. */
export const regimeGroups = [
  { key: "data", label: "Data" },
  { key: "length", label: "Length" },
  { key: "optimizer", label: "Optimizer" },
  { key: "schedule", label: "Schedule" },
  { key: "regularization", label: "Regularization" },
] as const;

export type RegimeGroup = (typeof regimeGroups)[number]["key"];

/** A number of the regime as controls, tables and files present it. */
export interface RegimeField {
  readonly key: keyof typeof regimeLimits;
  readonly group: RegimeGroup;
  readonly label: string;
  /** How the papers write it, where they do. */
  readonly symbol?: string;
  readonly integer: boolean;
  readonly help: string;
}

export const regimeFields: readonly RegimeField[] = [
  {
    key: "images",
    group: "data",
    label: "Images per epoch",
    integer: true,
    help: "training images a network sees per epoch",
  },
  {
    key: "testImages",
    group: "data",
    label: "Test images",
    integer: true,
    help: "images the error is measured on",
  },
  {
    key: "validation",
    group: "data",
    label: "Validation images",
    integer: true,
    help: "training images held out: they choose the epoch whose test error is reported",
  },
  { key: "epochs", group: "length", label: "Epochs", integer: true, help: "passes over the training images" },
  { key: "batch", group: "length", label: "Batch", integer: true, help: "images per step" },
  {
    key: "learningRate",
    group: "optimizer",
    label: "Learning rate",
    symbol: "η",
    integer: false,
    help: "peak, reached after the warm-up",
  },
  { key: "momentum", group: "optimizer", label: "Momentum", integer: false, help: "of SGD" },
  {
    key: "weightDecay",
    group: "optimizer",
    label: "Weight decay",
    integer: false,
    help: "added to the gradient, times the weight",
  },
  {
    key: "warmup",
    group: "schedule",
    label: "Warm-up",
    integer: false,
    help: "fraction of the steps in which the learning rate grows",
  },
  {
    key: "labelSmoothing",
    group: "regularization",
    label: "Label smoothing",
    symbol: "s",
    integer: false,
    help: "share of the target spread over all classes",
  },
  {
    key: "stochasticDepth",
    group: "regularization",
    label: "Stochastic depth",
    symbol: "p",
    integer: false,
    help: "chance that training leaves out the deepest residual branch; less for those before it",
  },
  {
    key: "dropout",
    group: "regularization",
    label: "Dropout",
    symbol: "p",
    integer: false,
    help: "chance that training leaves out a unit before the classifier",
  },
  {
    key: "cropPadding",
    group: "regularization",
    label: "Crop padding",
    integer: true,
    help: "training images are cropped at random from a frame of so many pixels around them",
  },
  {
    key: "randAugment",
    group: "regularization",
    label: "RandAugment",
    symbol: "M",
    integer: false,
    help: "magnitude of random changes of every image: shear, shift, rotation, contrast, colour and more",
  },
  {
    key: "randAugmentOperations",
    group: "regularization",
    label: "RandAugment operations",
    symbol: "N",
    integer: true,
    help: "changes per image, of all 14; 0: two of the eight that are affine maps",
  },
  {
    key: "mixup",
    group: "regularization",
    label: "Mixup",
    symbol: "α",
    integer: false,
    help: "images and labels are mixed in pairs, with weights drawn from Beta(α, α)",
  },
  {
    key: "ema",
    group: "optimizer",
    label: "Averaged weights",
    symbol: "d",
    integer: false,
    help: "decay of moving averages of the weights, over about 1/(1 − d) steps, evaluated as well",
  },
];

/** What of the regime is on or off, as controls present it. */
export interface RegimeSwitch {
  readonly group: RegimeGroup;
  readonly key: "nesterov" | "flip" | "spareNorms" | "reproducible";
  readonly label: string;
  readonly help: string;
}

export const regimeSwitches: readonly RegimeSwitch[] = [
  {
    key: "nesterov",
    group: "optimizer",
    label: "Nesterov momentum",
    help: "the gradient is taken where the momentum leads",
  },
  {
    key: "flip",
    group: "regularization",
    label: "Random flips",
    help: "half of the training images, left and right exchanged",
  },
  {
    key: "spareNorms",
    group: "optimizer",
    label: "Decay spares norms",
    help: "weight decay leaves norms and biases alone",
  },
  {
    key: "reproducible",
    group: "optimizer",
    label: "Reproducible",
    help: "the same numbers on every machine, a little slower",
  },
];
