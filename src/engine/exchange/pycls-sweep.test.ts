import { expect, test } from "vitest";
import { checkPopulations } from "../sweep/population.ts";
import { importPyclsSweep } from "./pycls-sweep.ts";

/** The fields that pycls' own CIFAR sweeps have, with values of our own. */
const regnet = `
DESC: some RegNets
NAME: mine/regnets
SETUP:
  NUM_CONFIGS: 24
  RNG_SEED: 7
  SAMPLERS:
    REGNET:
      TYPE: regnet_sampler
      DEPTH: [6, 14]
      GROUP_W: [1, 32]
      BOT_MUL: [0.5, 1.0]
    OPTIM.BASE_LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.25, 4.0], QUANTIZE: 1.0e-10}
  CONSTRAINTS:
    CX:
      FLOPS: [0.02e+9, 0.04e+9]
      PARAMS: [0, 2.0e+6]
      ACTS: [0, 0]
    REGNET:
      NUM_STAGES: [2, 2]
  BASE_CFG:
    MODEL: {TYPE: regnet, NUM_CLASSES: 10}
    REGNET: {STEM_TYPE: res_stem_cifar, SE_ON: True, STEM_W: 24}
    OPTIM: {BASE_LR: 0.8, LR_POLICY: steps, STEPS: [0, 20, 30], LR_MULT: 0.2, MAX_EPOCH: 40, WARMUP_EPOCHS: 4, WEIGHT_DECAY: 0.0004}
    BN: {USE_CUSTOM_WEIGHT_DECAY: True}
    TRAIN: {DATASET: cifar10, BATCH_SIZE: 256, IM_SIZE: 32, MIXED_PRECISION: True, LABEL_SMOOTHING: 0.1, MIXUP_ALPHA: 0.5}
    NUM_GPUS: 1
LAUNCH: {PARTITION: some}
`;

test("a sweep of RegNets: ranges, constraints, base network and regime map; the rest is told with its path", () => {
  const { study, mapped, unmapped } = importPyclsSweep(regnet);
  expect(study.name).toBe("mine regnets");
  expect(study.seed).toBe(7);
  expect(study.populations).toEqual([
    {
      name: "mine regnets",
      space: "regnetx",
      count: 24,
      stages: 2,
      stemWidth: 24,
      budget: { flops: { min: 2e7, max: 4e7 }, params: { max: 2e6 } },
      parameters: {
        depth: { from: 6, to: 14 },
        initialWidth: { from: 8, to: 256 },
        slope: { from: 8, to: 256 },
        widthMultiplier: { from: 2, to: 3 },
        groupWidth: { from: 1, to: 32 },
        bottleneckRatio: { from: 1, to: 2, distribution: "power2" },
        seRatio: [0.25],
      },
    },
  ]);
  expect(study.regime).toMatchObject({
    epochs: 40,
    batch: 256,
    learningRate: 0.8,
    weightDecay: 4e-4,
    schedule: "step",
    milestones: [0.5, 0.75],
    stepFactor: 0.2,
    warmup: 0.1,
    mixup: 0.5,
    spareNorms: true,
  });
  expect(unmapped.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      "DESC",
      "LAUNCH",
      "SETUP.SAMPLERS.OPTIM.BASE_LR",
      "SETUP.BASE_CFG.TRAIN.MIXED_PRECISION",
      "SETUP.BASE_CFG.NUM_GPUS",
    ]),
  );
  expect(mapped).toContainEqual({
    path: "SETUP.SAMPLERS.REGNET.W0",
    message: "initialWidth: 8 to 256, pycls' default",
  });
  expect(mapped.map(({ path }) => path)).toContain("SETUP.CONSTRAINTS.CX.FLOPS");
  checkPopulations(study);
});

test("samplers of single fields: distributions by our names, lists a stage, squeeze on and off", () => {
  const { study, unmapped } = importPyclsSweep(`
SETUP:
  NUM_CONFIGS: 8
  SAMPLERS:
    ANYNET.DEPTHS: {TYPE: list_sampler, LENGTH: 3, ITEM_SAMPLER: {TYPE: int_sampler, RAND_TYPE: log_uniform, RANGE: [1, 6], QUANTIZE: 1}}
    ANYNET.WIDTHS: {TYPE: list_sampler, LENGTH: 3, ITEM_SAMPLER: {TYPE: int_sampler, RAND_TYPE: uniform, RANGE: [16, 64], QUANTIZE: 16}}
    ANYNET.BOT_MULS: {TYPE: list_sampler, LENGTH: 3, ITEM_SAMPLER: {TYPE: value_sampler, VALUES: [1.0, 0.5]}}
    ANYNET.GROUP_WS: {TYPE: list_sampler, LENGTH: 3, ITEM_SAMPLER: {TYPE: int_sampler, RAND_TYPE: power2_uniform, RANGE: [4, 16]}}
    ANYNET.SE_ON: {TYPE: value_sampler, VALUES: [True, False]}
    ANYNET.ACTIVATION: {TYPE: value_sampler, VALUES: [relu]}
  BASE_CFG:
    MODEL: {TYPE: anynet}
    ANYNET: {STEM_TYPE: simple_stem_in, STRIDES: [1, 2, 2]}
`);
  expect(study.populations[0]).toMatchObject({
    space: "anynetxa",
    stages: 3,
    stemWidth: 32,
    parameters: {
      depth: { from: 1, to: 6, distribution: "log", step: 1 },
      width: { from: 16, to: 64, distribution: "uniform", step: 16 },
      bottleneckRatio: [1, 2],
      groupWidth: { from: 4, to: 16, distribution: "power2" },
      seRatio: [0.25, 0],
    },
  });
  expect(unmapped.map(({ path }) => path)).toEqual([
    "SETUP.SAMPLERS.ANYNET.ACTIVATION",
    "SETUP.BASE_CFG.ANYNET.STEM_TYPE",
    "SETUP.BASE_CFG.ANYNET.STRIDES",
    "SETUP.BASE_CFG.TRAIN.DATASET",
  ]);
});

test("a sweep of the optimizer alone is one given network", () => {
  const { study, unmapped } = importPyclsSweep(`
NAME: optim
SETUP:
  NUM_CONFIGS: 16
  SAMPLERS:
    OPTIM.WEIGHT_DECAY: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [5.0e-5, 1.0e-3], QUANTIZE: 1.0e-10}
    RNG_SEED: {TYPE: int_sampler, RANGE: [1, 3]}
  BASE_CFG:
    MODEL: {TYPE: anynet, NUM_CLASSES: 10}
    ANYNET: {STEM_TYPE: res_stem_cifar, STEM_W: 16, BLOCK_TYPE: res_basic_block, DEPTHS: [2, 2], WIDTHS: [16, 32], STRIDES: [1, 2]}
    TRAIN: {DATASET: cifar10, IM_SIZE: 32}
`);
  expect(study.populations[0]).toMatchObject({
    name: "optim",
    count: 1,
    networks: [{ stages: [{ block: "res_basic", depth: 2 }, {}] }],
  });
  expect(study.repeats).toBe(3);
  expect(unmapped).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: "SETUP.SAMPLERS.OPTIM.WEIGHT_DECAY" }),
      { path: "SETUP.NUM_CONFIGS", message: "16 configs of one network; it is trained with 3 seeds" },
    ]),
  );
});

test("seeds that are sampled beside networks are not crossed with them: told, one seed a network", () => {
  const { study, unmapped } = importPyclsSweep(
    regnet.replace(
      "  CONSTRAINTS:",
      "    RNG_SEED: {TYPE: value_sampler, VALUES: [1, 2, 3]}\n  CONSTRAINTS:",
    ),
  );
  expect(study).not.toHaveProperty("repeats");
  expect(unmapped.find(({ path }) => path === "SETUP.SAMPLERS.RNG_SEED")?.message).toMatch(
    /a seed of its own/,
  );
});

test("a parameter out of reach is left out and told; the others map", () => {
  const { study, unmapped } = importPyclsSweep(regnet.replace("DEPTH: [6, 14]", "DEPTH: [6, 600]"));
  expect(study.populations[0]).not.toHaveProperty("parameters.depth");
  expect(unmapped).toContainEqual({
    path: "SETUP.SAMPLERS.REGNET.DEPTH",
    message: "depth: 600 in 6..600 is not allowed; expected 1 to 128, whole numbers",
  });
});

test.each([
  ["no YAML", "a: [", "not YAML"],
  ["a study", "version: 1", "SETUP: missing; a sweep of pycls says there what is sampled"],
  ["no number of configs", "SETUP: {BASE_CFG: {MODEL: {TYPE: regnet}}}", "SETUP.NUM_CONFIGS: missing"],
  [
    "an unknown sampler",
    regnet.replace("regnet_sampler", "grid_sampler"),
    'SETUP.SAMPLERS.REGNET.TYPE: "grid_sampler" is not allowed',
  ],
  [
    "an unknown model",
    regnet.replace("TYPE: regnet,", "TYPE: vit,"),
    'SETUP.BASE_CFG.MODEL.TYPE: "vit" is not allowed',
  ],
])("%s is refused with its path", (_, text, message) => {
  expect(() => importPyclsSweep(text)).toThrow(message);
});
