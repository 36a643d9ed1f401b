import type { regimeLimits } from "./regime.ts";

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
  {
    key: "validation",
    label: "Validation images",
    integer: true,
    help: "training images held out: they choose the epoch whose test error is reported",
  },
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
    key: "dropout",
    label: "Dropout",
    symbol: "p",
    integer: false,
    help: "chance that training leaves out a unit before the classifier",
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
