import { trainingSections } from "../export/pycls.ts";
import { flag, float, type Section } from "../export/pycls-yaml.ts";
import type { Regime } from "../training/regime.ts";
import { scheduleDefaults } from "../training/schedule.ts";
import { emaFields } from "./sweep-json.ts";

/**
 * How to train: what a config of a single network says (export/pycls.ts), averaged weights, mixup and norms that are
 * spared weight decay.
 * @param side of the images
 */
export function sweepTraining(
  regime: Regime,
  side: number,
): { readonly OPTIM: Section; readonly TRAIN: Section; readonly TEST: Section; readonly BN: Section } {
  const plain = trainingSections(regime, side);
  const { mixup = 0, ema = 0, spareNorms = false } = regime;
  const { EMA_ALPHA, EMA_UPDATE_PERIOD } = emaFields(regime);
  return {
    OPTIM: {
      ...plain.OPTIM,
      ...(ema > 0 ? { EMA_ALPHA: float(EMA_ALPHA), EMA_UPDATE_PERIOD: `${EMA_UPDATE_PERIOD}` } : {}),
    },
    TRAIN: { ...plain.TRAIN, ...(mixup > 0 ? { MIXUP_ALPHA: float(mixup) } : {}) },
    TEST: plain.TEST,
    BN: spareNorms ? { USE_CUSTOM_WEIGHT_DECAY: flag(true), CUSTOM_WEIGHT_DECAY: float(0) } : {},
  };
}

/** All training and test images of the data sets that pycls loads. */
const wholeSets: Readonly<Record<string, readonly [train: number, test: number]>> = {
  cifar10: [50_000, 10_000],
};

/** What of a regime a sweep of pycls does not say, or says otherwise, in sentences that begin with the field. */
export function leftOfRegime(regime: Regime): string[] {
  const { dataset, images, testImages, epochs, warmup, schedule } = regime;
  const { milestones = scheduleDefaults.milestones, cropPadding = 0, flip = false } = regime;
  const whole = wholeSets[dataset];
  const isWhole = (share: number) => Math.abs(share * epochs - Math.round(share * epochs)) < 1e-9;
  const unknown = (
    ["validation", "stochasticDepth", "dropout", "randAugment", "progressive", "fineTune"] as const
  ).filter((key) => regime[key] !== undefined && regime[key] !== 0);
  return [
    ...(whole
      ? []
      : [
          `regime.dataset ${dataset}: pycls has no loader for it; add one to pycls/datasets/loader.py under this name`,
        ]),
    ...(whole?.[0] === images && whole[1] === testImages
      ? []
      : [`regime.images ${images} and testImages ${testImages}: pycls takes the whole data set`]),
    ...(dataset === "cifar10"
      ? cropPadding === 4 && flip
        ? []
        : ["regime.cropPadding and flip: pycls' CIFAR loader pads by 4 pixels, crops and flips, always"]
      : cropPadding > 0 || flip
        ? ["regime.cropPadding and flip: are its loader's to do"]
        : []),
    ...(isWhole(warmup) ? [] : [`regime.warmup ${warmup}: pycls counts whole epochs; rounded`]),
    ...(schedule === "step" && !milestones.every(isWhole)
      ? [`regime.milestones ${milestones.join(", ")}: pycls counts whole epochs; rounded`]
      : []),
    ...(regime.spareNorms ? ["regime.spareNorms: pycls spares norms, and not the classifier's bias"] : []),
    ...unknown.map((key) => `regime.${key}: pycls' sweeps have no such field`),
  ];
}
