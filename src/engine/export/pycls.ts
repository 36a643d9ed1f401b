import { bottleneckMultiplier } from "../network/blocks/bottleneck.ts";
import { stageRow } from "../network/describe.ts";
import type { NetworkSpec, StageSpec } from "../network/spec.ts";
import { type RegNetParams, regnetStages } from "../spaces/regnet.ts";
import type { Regime } from "../training/regime.ts";
import { finalRateOf, scheduleDefaults } from "../training/schedule.ts";
import { flag, float, list, type Section, yamlLines } from "./pycls-yaml.ts";

export interface PyclsOptions {
  /** Also writes how to train it. */
  readonly regime?: Regime;
  /** The parameters it was built of: written as a `regnet`, if they give exactly this network, else as an `anynet`. */
  readonly regnet?: RegNetParams;
}

/** This network has no words in that tool's language. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}

/** Every float that a learning rate, a schedule or a network is told with is text already: see pycls-yaml.ts. */
export type PyclsConfig = Readonly<Record<string, Section>>;

/** A config file of pycls (facebookresearch/pycls), to train the network there: `tools/run_net.py --cfg FILE`. */
export function specToPycls(spec: NetworkSpec, options: PyclsOptions = {}): string {
  const config = pyclsConfig(spec, options);
  const type = modelType(spec, options);
  const notes = comments(type, spec.name, spec.input.channels, options.regime).map((line) => `# ${line}`);
  return `${[...notes, ...yamlLines(config)].join("\n")}\n`;
}

/** The same as sections of fields. @throws ExportError where pycls has no such network */
export function pyclsConfig(spec: NetworkSpec, options: PyclsOptions = {}): PyclsConfig {
  const { height, width } = spec.input;
  if (height !== width) throw new ExportError(`pycls reads square images only, not ${height}×${width}`);
  const { norm } = spec;
  if (norm.type !== "batch")
    throw new ExportError(`pycls' networks have batch norm; this one has ${norm.type} norm`);
  const type = modelType(spec, options);
  return {
    MODEL: { TYPE: type, NUM_CLASSES: `${spec.classes}`, ACTIVATION_FUN: spec.activation },
    ...modelSection(type, spec, options),
    BN: { EPS: float(norm.epsilon), MOM: float(norm.momentum) },
    ...(options.regime ? trainingSections(options.regime, height) : { TRAIN: { IM_SIZE: `${height}` } }),
  };
}

function comments(
  type: ModelType,
  name: string | undefined,
  channels: number,
  regime: Regime | undefined,
): string[] {
  return [
    // A name must not end its comment.
    ...(name ? [name.replace(/\p{Cc}/gu, " ")] : []),
    ...(channels === 3
      ? []
      : [
          `Designed for images with ${channels} channel(s); pycls feeds 3: repeat the channel, or change its stem.`,
        ]),
    ...(regime && regime.dataset !== "cifar10"
      ? [`pycls has no loader for ${regime.dataset}: add one to pycls/datasets/loader.py under this name.`]
      : []),
    ...beyondPycls(type, regime),
  ];
}

/** What the network was trained with and this file does not ask of pycls: it lacks it, or has it otherwise. */
function beyondPycls(type: ModelType, regime: Partial<Regime> = {}): string[] {
  const { stochasticDepth, dropout, cropPadding, flip, randAugment, mixup, spareNorms, ema } = regime;
  const { progressive, fineTune, validation } = regime;
  const others = [
    ...(dropout && type !== "effnet" ? [`dropout ${dropout}`] : []),
    ...(cropPadding ? [`crop padding ${cropPadding}`] : []),
    ...(flip ? ["random flips"] : []),
    ...(randAugment ? [`RandAugment ${randAugment}`] : []),
    ...(mixup ? [`mixup ${mixup}`] : []),
    ...(spareNorms ? ["no weight decay of norms and biases"] : []),
    ...(ema ? [`averaged weights, decay ${ema}`] : []),
    ...(progressive ? [`progressive learning in ${progressive.phases} phases`] : []),
    ...(fineTune ? [`its last ${fineTune.epochs} epochs at ${fineTune.resolution} pixels`] : []),
    ...(validation ? [`${validation} images held out for validation`] : []),
  ];
  return [
    ...(stochasticDepth
      ? [`Trained with stochastic depth ${stochasticDepth}, which pycls does not have.`]
      : []),
    ...(others.length > 0 ? [`Trained with ${others.join(", ")}: not in this file.`] : []),
  ];
}

type ModelType = "regnet" | "anynet" | "effnet";

function modelType(spec: NetworkSpec, { regnet }: PyclsOptions): ModelType {
  if (spec.stages.some(({ block }) => block === "mbconv" || block === "fused_mbconv")) return "effnet";
  return regnet && givesSpec(regnet, spec) ? "regnet" : "anynet";
}

function givesSpec(params: RegNetParams, spec: NetworkSpec): boolean {
  const stages = regnetStages(params, [spec.stages[0]!.stride]);
  return JSON.stringify(stages.map(stageRow)) === JSON.stringify(spec.stages.map(stageRow));
}

function modelSection(type: ModelType, spec: NetworkSpec, options: PyclsOptions): Record<string, Section> {
  switch (type) {
    case "regnet":
      return { REGNET: regnetSection(spec, options.regnet!) };
    case "effnet":
      return { EN: effnetSection(spec, options.regime?.dropout) };
    case "anynet":
      return { ANYNET: anynetSection(spec) };
  }
}

const stemTypes = { small: "res_stem_cifar", simple: "simple_stem_in", resnet: "res_stem_in" } as const;

function regnetSection(spec: NetworkSpec, params: RegNetParams): Section {
  return {
    ...outside(spec),
    BLOCK_TYPE: "res_bottleneck_block",
    STRIDE: `${spec.stages[0]!.stride}`,
    DEPTH: `${params.depth}`,
    W0: `${params.initialWidth}`,
    WA: float(params.slope),
    WM: float(params.widthMultiplier),
    GROUP_W: `${params.groupWidth}`,
    BOT_MUL: float(bottleneckMultiplier(params.bottleneckRatio)),
    ...squeeze(params.seRatio),
  };
}

function anynetSection(spec: NetworkSpec): Section {
  const block = shared(spec.stages, "block", ({ block }) => block);
  if (spec.stages.some((stage) => "convolutions" in stage && stage.convolutions === 1))
    throw new ExportError(`pycls' ${block}_block has two 3×3 convolutions; these blocks have one`);
  const seRatio = shared(spec.stages, "seRatio", (stage) => ("seRatio" in stage ? stage.seRatio : 0));
  const bottlenecks = spec.stages.flatMap((stage) => ("bottleneckRatio" in stage ? [stage] : []));
  return {
    ...outside(spec),
    BLOCK_TYPE: `${block}_block`,
    DEPTHS: list(spec.stages.map(({ depth }) => depth)),
    WIDTHS: list(spec.stages.map(({ width }) => width)),
    STRIDES: list(spec.stages.map(({ stride }) => stride)),
    BOT_MULS: list(bottlenecks.map(({ bottleneckRatio }) => float(bottleneckMultiplier(bottleneckRatio)))),
    GROUP_WS: list(bottlenecks.map(({ groupWidth }) => groupWidth)),
    ...squeeze(seRatio),
  };
}

function outside(spec: NetworkSpec): Section {
  return { STEM_TYPE: stemTypes[spec.stem.type], STEM_W: `${spec.stem.width}`, HEAD_W: `${spec.head.width}` };
}

/** Squeeze-and-excitation in all blocks, or in none. */
export function squeeze(seRatio: number): Section {
  return seRatio > 0 ? { SE_ON: flag(true), SE_R: float(seRatio) } : { SE_ON: flag(false) };
}

function effnetSection(spec: NetworkSpec, dropout = 0): Section {
  const stages = spec.stages.map((stage, i) => {
    if (stage.block === "mbconv" && (stage.groupWidth ?? 1) === 1) return stage;
    if (stage.block === "mbconv")
      throw new ExportError(`pycls' EffNets are depthwise; stage ${i + 1} has wider groups`);
    throw new ExportError(`pycls' EffNets are made of mbconv alone; stage ${i + 1} is ${stage.block}`);
  });
  if (spec.stem.type !== "simple")
    throw new ExportError("pycls' EffNets have the simple stem (3×3, stride 2)");
  if (spec.head.width === 0)
    throw new ExportError("pycls' EffNets have a head convolution; this head's width is 0");
  const seRatio = shared(stages, "seRatio", (stage) => stage.seRatio);
  if (seRatio === 0) throw new ExportError("pycls' EffNets have squeeze-and-excitation in every block");
  return {
    STEM_W: `${spec.stem.width}`,
    DEPTHS: list(stages.map(({ depth }) => depth)),
    WIDTHS: list(stages.map(({ width }) => width)),
    EXP_RATIOS: list(stages.map(({ expansion }) => expansion)),
    KERNELS: list(stages.map(({ kernel }) => kernel)),
    STRIDES: list(stages.map(({ stride }) => stride)),
    SE_R: float(seRatio),
    HEAD_W: `${spec.head.width}`,
    ...(dropout > 0 ? { DROPOUT_RATIO: float(dropout) } : {}),
  };
}

/** The one value that all stages share: pycls has no list for it. */
function shared<S extends StageSpec, V>(stages: readonly S[], field: string, of: (stage: S) => V): V {
  const value = of(stages[0]!);
  const other = stages.findIndex((stage) => of(stage) !== value);
  if (other < 0) return value;
  throw new ExportError(`pycls has one ${field} for all stages; stage ${other + 1} differs from stage 1`);
}

/** OPTIM, TRAIN and TEST: how to train. */
export function trainingSections(
  regime: Regime,
  side: number,
): { readonly OPTIM: Section; readonly TRAIN: Section; readonly TEST: Section } {
  const data = { DATASET: regime.dataset.replace(/[^a-z0-9]/g, "_"), IM_SIZE: `${side}` };
  return {
    OPTIM: {
      BASE_LR: float(regime.learningRate),
      ...policy(regime),
      MAX_EPOCH: `${regime.epochs}`,
      MOMENTUM: float(regime.momentum),
      NESTEROV: flag(regime.nesterov),
      WEIGHT_DECAY: float(regime.weightDecay),
      // pycls counts the warm-up in whole epochs.
      WARMUP_EPOCHS: `${Math.round(regime.warmup * regime.epochs)}`,
    },
    TRAIN: { ...data, BATCH_SIZE: `${regime.batch}`, LABEL_SMOOTHING: float(regime.labelSmoothing) },
    TEST: data,
  };
}

/** The schedule as pycls' LR_POLICY; its steps are epochs, the first of them 0, where ours are fractions of the run. */
function policy(regime: Regime): Section {
  const { schedule, epochs, milestones = scheduleDefaults.milestones } = regime;
  const { stepFactor = scheduleDefaults.stepFactor } = regime;
  const floor = finalRateOf(regime);
  const ending = floor > 0 ? { MIN_LR: float(floor) } : {};
  switch (schedule) {
    case "cosine":
      return { LR_POLICY: "cos", ...ending };
    case "linear":
      return { LR_POLICY: "lin", ...ending };
    case "exponential":
      return { LR_POLICY: "exp", ...ending };
    case "step": {
      // Some may meet in one epoch: pycls then multiplies once for each of them.
      const steps = [0, ...milestones.map((milestone) => Math.round(milestone * epochs))];
      return { LR_POLICY: "steps", STEPS: list(steps), LR_MULT: float(stepFactor) };
    }
    case "constant":
      return { LR_POLICY: "steps", STEPS: list([0]) };
    default:
      return schedule satisfies never;
  }
}
