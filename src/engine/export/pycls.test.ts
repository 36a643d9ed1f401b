import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PyclsNet, specOfPycls } from "../../../test/fixtures/pycls-spec.ts";
import { readReference } from "../../../test/fixtures/reference.ts";
import { smallImageFrame } from "../network/frame.ts";
import { parseNetworkSpec } from "../network/parse.ts";
import { type NetworkSpec, proxyLayerNorm } from "../network/spec.ts";
import { drawNetwork } from "../spaces/population.ts";
import { spaceIds } from "../spaces/registry.ts";
import { imagenetSetting, smallImageSetting } from "../spaces/setting.ts";
import { defaultRegime, regimeSchema } from "../training/regime.ts";
import { specToJson } from "./json.ts";
import { specToPycls } from "./pycls.ts";
import { specFromPycls } from "./pycls-import.ts";

/** Spaces that pycls has a model type for. */
const expressible = spaceIds.filter((id) => /^(anynetx.|regnetx.*|regnety)$/.test(id));

const anySample = fc
  .tuple(fc.constantFrom(...expressible), fc.constantFrom(smallImageSetting, imagenetSetting), fc.nat())
  .map(([space, setting, seed]) => drawNetwork({ space, setting, budget: {}, seed }, 0));

describe("export", () => {
  test("JSON and back is the same network", () => {
    fc.assert(
      fc.property(anySample, ({ spec }) => {
        expect(parseNetworkSpec(JSON.parse(specToJson(spec)))).toEqual(spec);
      }),
    );
  });

  test("pycls' YAML and back is the same network; a RegNet stays a RegNet", () => {
    fc.assert(
      fc.property(anySample, ({ spec, params }) => {
        const regnet = params.family === "regnet" ? { regnet: params } : {};
        const yaml = specToPycls(spec, { regime: defaultRegime, ...regnet });
        expect(yaml).toContain(`TYPE: ${params.family}\n`);
        expect(specFromPycls(yaml, spec.input.channels)).toEqual(spec);
        expect(specFromPycls(specToPycls(spec), spec.input.channels)).toEqual(spec);
      }),
    );
  });

  const published = readReference<{ name: string; resolution: number; config: PyclsNet }[]>("complexity.json")
    .filter(({ config }) => config.type !== "effnet_v2")
    .map(({ name, resolution, config }) => [name, specOfPycls(config, resolution)] as const);

  test.each(published)("%s goes to pycls' YAML and back", (_, spec) => {
    expect(specFromPycls(specToPycls(spec))).toEqual(spec);
  });

  test("reads as a person would write it, with floats that YAML 1.1 takes for floats", () => {
    const { spec, params } = drawNetwork(
      { space: "regnetx", setting: smallImageSetting, budget: {}, seed: 1 },
      0,
    );
    const regnet = params.family === "regnet" ? { regnet: params } : {};
    const regime = {
      ...defaultRegime,
      ...{
        epochs: 3,
        batch: 64,
        learningRate: 1,
        momentum: 0.9,
        nesterov: true,
        weightDecay: 1e-7,
        warmup: 0.1,
      },
      labelSmoothing: 0.1,
    };
    expect(specToPycls({ ...spec, name: "first" }, { regime, ...regnet })).toMatchSnapshot();
  });

  test.each([
    [{ schedule: "cosine" }, ["LR_POLICY: cos"]],
    [{ schedule: "cosine", finalRate: 0.1 }, ["LR_POLICY: cos", "MIN_LR: 0.1"]],
    [{ schedule: "linear" }, ["LR_POLICY: lin"]],
    [{ schedule: "exponential" }, ["LR_POLICY: exp", "MIN_LR: 0.01"]],
    [{ schedule: "step" }, ["LR_POLICY: steps", "STEPS: [0, 5, 8]", "LR_MULT: 0.1"]],
    [
      { schedule: "step", milestones: [0.3, 0.6], stepFactor: 0.2 },
      ["LR_POLICY: steps", "STEPS: [0, 3, 6]", "LR_MULT: 0.2"],
    ],
    [{ schedule: "constant" }, ["LR_POLICY: steps", "STEPS: [0]"]],
  ] as const)("%o is pycls' %o", (schedule, lines) => {
    const regime = regimeSchema.parse({ epochs: 10, ...schedule });
    const optim = specToPycls(sample({}), { regime })
      .split("\n")
      .map((line) => line.trim());
    const keys = ["LR_POLICY", "MIN_LR", "STEPS", "LR_MULT"];
    expect(optim.filter((line) => keys.includes(line.split(":")[0]!))).toEqual(lines);
  });

  test("what a pycls config cannot ask for is said in its comments", () => {
    const regime = regimeSchema.parse({
      epochs: 5,
      validation: 64,
      progressive: { phases: 2, resolution: 14 },
      fineTune: { resolution: 32, epochs: 1, learningRate: 0.01 },
    });
    expect(specToPycls(sample({}), { regime })).toContain(
      "# Trained with progressive learning in 2 phases, its last 1 epochs at 32 pixels, 64 images held out for validation: not in this file.",
    );
  });

  test("dropout is a field of pycls' EffNets, and a comment for others", () => {
    const regime = regimeSchema.parse({ dropout: 0.2 });
    const effnet = published.find(([name]) => name.startsWith("EfficientNet"))![1];
    expect(specToPycls(effnet, { regime })).toContain("  DROPOUT_RATIO: 0.2\n");
    expect(specToPycls(sample({}), { regime })).toContain("# Trained with dropout 0.2: not in this file.\n");
  });

  test.each<[string, NetworkSpec]>([
    ["square images only", sample({ input: { height: 28, width: 30, channels: 1 } })],
    ["one block for all stages; stage 2 differs", mixed()],
    ["stage 1 is fused_mbconv", fused()],
    ["this one has layer norm", sample({ norm: proxyLayerNorm })],
    ["vanilla_block has two 3×3 convolutions", single()],
  ])("says what pycls cannot express: %s", (reason, spec) => {
    expect(() => specToPycls(spec)).toThrow(reason);
  });

  test("a name with a line break stays a comment", () => {
    const yaml = specToPycls({ ...sample({}), name: "a\nMODEL:" });
    expect(specFromPycls(yaml, 1)).toEqual(sample({}));
  });

  test("a file that is no network says what is wrong", () => {
    expect(() => specFromPycls("MODEL: {TYPE: vit}")).toThrow(/MODEL.TYPE: "vit" is not allowed/);
    expect(() => specFromPycls("MODEL: {TYPE: anynet}")).toThrow("ANYNET: missing");
    expect(() => specFromPycls("MODEL: [")).toThrow("not YAML");
  });
});

function sample(changes: Partial<NetworkSpec>): NetworkSpec {
  const stage = { block: "vanilla", depth: 1, width: 8, stride: 2 } as const;
  return { version: 1, ...smallImageFrame, stages: [stage, stage], ...changes };
}

function mixed(): NetworkSpec {
  const { stages } = sample({});
  return sample({
    stages: [stages[0]!, { ...stages[1]!, block: "res_basic" } as NetworkSpec["stages"][number]],
  });
}

function single(): NetworkSpec {
  return sample({ stages: [{ block: "vanilla", depth: 1, width: 8, stride: 2, convolutions: 1 }] });
}

function fused(): NetworkSpec {
  return sample({
    stages: [{ block: "fused_mbconv", depth: 1, width: 8, stride: 1, expansion: 1, kernel: 3 }],
  });
}
