import { type Command, InvalidArgumentError, Option } from "commander";
import { parseInput } from "../engine/math/input-error.ts";
import { decodeRegimeField } from "../engine/sweep/regime-url.ts";
import { type Regime, regimeLimits, regimeSchema, scheduleLimits } from "../engine/training/regime.ts";
import { type ScheduleName, scheduleNames } from "../engine/training/schedule.ts";
import { reproducibleOption } from "./executor.ts";
import { wholeNumber } from "./input.ts";

/** The regime's fields as flags; what is left out is the regime's default. */
export interface RegimeOptions {
  readonly dataset?: string;
  readonly images?: number;
  readonly testImages?: number;
  readonly validation?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly warmup?: number;
  readonly schedule?: ScheduleName;
  readonly finalRate?: number;
  readonly milestones?: readonly number[];
  readonly stepFactor?: number;
  readonly labelSmoothing?: number;
  readonly stochasticDepth?: number;
  readonly dropout?: number;
  readonly cropPadding?: number;
  readonly flip?: true;
  readonly randAugment?: number;
  readonly randAugmentOperations?: number;
  readonly mixup?: number;
  readonly spareNorms?: true;
  readonly ema?: number;
  readonly progressive?: unknown;
  readonly fineTune?: unknown;
  readonly reproducible?: true;
}

export function addRegimeOptions(command: Command): Command {
  const { images, testImages, validation, epochs, batch, cropPadding, randAugmentOperations } = regimeLimits;
  const shown = (key: keyof Regime) => `(default: ${regimeSchema.parse({})[key]})`;
  return command
    .option("--dataset <name>", `what it learns ${shown("dataset")}`)
    .option(
      "--images <n>",
      `training images per epoch ${shown("images")}`,
      wholeNumber(images.min, images.max),
    )
    .option(
      "--test-images <n>",
      `images the error is measured on ${shown("testImages")}`,
      wholeNumber(testImages.min, testImages.max),
    )
    .option(
      "--validation <n>",
      "training images held out to choose the epoch that is reported (default: 0)",
      wholeNumber(validation.min, validation.max),
    )
    .option(
      "--epochs <n>",
      `passes over the training images ${shown("epochs")}`,
      wholeNumber(epochs.min, epochs.max),
    )
    .option("--batch <n>", `images per step ${shown("batch")}`, wholeNumber(batch.min, batch.max))
    .option("--lr <x>", `learning rate at its peak ${shown("learningRate")}`, real("learningRate"))
    .option("--momentum <x>", `of SGD ${shown("momentum")}`, real("momentum"))
    .option("--weight-decay <x>", shown("weightDecay"), real("weightDecay"))
    .option(
      "--warmup <x>",
      `fraction of the steps with a growing learning rate ${shown("warmup")}`,
      real("warmup"),
    )
    .addOption(
      new Option("--schedule <name>", "how the learning rate falls from its peak")
        .choices(scheduleNames)
        .default(undefined, regimeSchema.parse({}).schedule),
    )
    .option(
      "--final-rate <f>",
      "learning rate at the end over its peak (default: 0; with exponential 0.01)",
      within(scheduleLimits.finalRate),
    )
    .option(
      "--milestones <a,b,…>",
      "fractions of the run at which schedule step falls (default: 0.5,0.75)",
      fractions,
    )
    .option(
      "--step-factor <x>",
      "what each milestone multiplies the learning rate with (default: 0.1)",
      within(scheduleLimits.stepFactor),
    )
    .option("--label-smoothing <x>", shown("labelSmoothing"), real("labelSmoothing"))
    .option(
      "--stochastic-depth <p>",
      "chance that the deepest residual branch is left out (default: 0)",
      real("stochasticDepth"),
    )
    .option(
      "--dropout <p>",
      "chance that a unit before the classifier is left out (default: 0)",
      real("dropout"),
    )
    .option(
      "--crop-padding <n>",
      "random crops with so many pixels of padding (default: 0)",
      wholeNumber(cropPadding.min, cropPadding.max),
    )
    .option("--flip", "random horizontal flips")
    .option("--rand-augment <m>", "magnitude of RandAugment (default: 0)", real("randAugment"))
    .option(
      "--rand-augment-operations <n>",
      "its operations per image, of all 14 (default: 0, two of the eight that are affine maps)",
      wholeNumber(randAugmentOperations.min, randAugmentOperations.max),
    )
    .option("--mixup <alpha>", "mixes pairs with weights from Beta(α, α) (default: 0)", real("mixup"))
    .option("--spare-norms", "weight decay leaves norms and biases alone")
    .option(
      "--ema <d>",
      "decay of moving averages of the weights, evaluated as well (default: 0)",
      real("ema"),
    )
    .option(
      "--progressive <fields>",
      "where image size and regularizers begin, e.g. phases:3,resolution:16,dropout:0.1",
      (text) => decodeRegimeField("progressive", text),
    )
    .option(
      "--fine-tune <fields>",
      "the last epochs at another image size, e.g. resolution:32,epochs:1,learningRate:0.01",
      (text) => decodeRegimeField("fineTune", text),
    )
    .addOption(reproducibleOption());
}

export function regimeOf({ lr, ...options }: RegimeOptions): Regime {
  const fields = { ...options, ...(lr === undefined ? {} : { learningRate: lr }) };
  const known = Object.keys(regimeSchema.shape);
  const given = Object.fromEntries(Object.entries(fields).filter(([key]) => known.includes(key)));
  return parseInput(regimeSchema, given, "regime");
}

function real(key: keyof typeof regimeLimits): (text: string) => number {
  return within(regimeLimits[key]);
}

function fractions(text: string): number[] {
  return text.split(",").map(within(scheduleLimits.milestone));
}

function within({ min, max }: { readonly min: number; readonly max: number }): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
  };
}
