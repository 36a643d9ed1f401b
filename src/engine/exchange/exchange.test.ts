import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { readReference } from "../../../test/fixtures/reference.ts";
import { proxyLayerNorm } from "../network/spec.ts";
import { defaultStudy, parseStudy, type Study } from "../sweep/study.ts";
import { studyId } from "../sweep/study-id.ts";
import type { Trial } from "../sweep/trial.ts";
import { trialsToCsv } from "./csv.ts";
import { mergeStudies, mergeTrials } from "./merge.ts";
import { readStudies } from "./read-studies.ts";
import { readSweepJson } from "./read-sweep-json.ts";
import { formatStudyLines } from "./study-lines.ts";
import { archiveOf, copyOf, trialsAs } from "./study-records.ts";
import { writeSweepJson } from "./sweep-json.ts";

const id = studyId(defaultStudy);

/** A trial of the default study with epochs; its errors end at `error`. */
function trained(population: string, index: number, error: number): Trial {
  const trial = fakeTrial(population, index, error);
  const epochs = [0.9, 0.625, error].map((testError, i) => ({
    ...{ epoch: i + 1, trainLoss: 2.1 - i / 3, trainError: 0.7 - i / 7, testError },
    ...{ learningRate: 0.05 / (i + 1), ms: 1234.5 + i },
  }));
  return { ...trial, epochs, ms: 3706.5 };
}

const trials = trialsAs(id, [
  trained("AnyNetXA", 0, 0.31),
  trained("RegNetX", 0, 0.217),
  trained("RegNetX", 2, 0.29),
  { ...fakeTrial("AnyNetXA", 1, "diverged"), ...{ epochs: [], reason: "the loss is NaN in epoch 1" } },
  { ...fakeTrial("RegNetX", 1, "failed"), reason: "it does not fit into memory" },
]);
const records = { study: defaultStudy, trials };
const bytes = (text: string) => new TextEncoder().encode(text);
const inChunks = function* (text: string, size: number) {
  const all = bytes(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
};

describe("JSON Lines", () => {
  const text = formatStudyLines(records).join("");

  test.each([1e9, 4096, 777])("a study comes back whole, read in chunks of %d bytes", async (size) => {
    const progress: number[] = [];
    const read = await readStudies("mine.jsonl", inChunks(text, size), (at) => progress.push(at));
    expect(read).toEqual({ studies: [records], notes: [] });
    expect(progress.at(-1)).toBe(bytes(text).length);
  });

  test("lines that the command line wrote have no set-up: they are an archive of the same id, named after the file", async () => {
    const plain = trials.map((trial) => `${JSON.stringify(trial)}\n`).join("");
    const { studies } = await readStudies("out.jsonl", [bytes(plain)]);
    expect(studies).toMatchObject([{ study: { name: "out", archive: id }, trials }]);
    expect(studyId(studies[0]!.study)).toBe(id);
    expect(studies[0]!.study.populations.map(({ name, count }) => [name, count])).toEqual([
      ["AnyNetXA", 2],
      ["RegNetX", 3],
    ]);
  });

  test("a half-written last line is left out and told; the last record of a trial counts", async () => {
    const again = `${JSON.stringify({ ...trials[0]!, error: 0.1 })}\n`;
    const read = await readStudies("cut.jsonl", [bytes(`${text}${again}${again.slice(0, 300)}`)]);
    expect(read.notes).toEqual([expect.stringMatching(/last line was still being written/)]);
    expect(read.studies[0]?.trials[0]?.error).toBe(0.1);
    expect(read.studies[0]?.trials).toHaveLength(trials.length);
  });

  test.each([1e9, 777])(
    "a last record without its newline counts, read in chunks of %d bytes",
    async (size) => {
      expect(await readStudies("mine.jsonl", inChunks(text.trimEnd(), size))).toEqual({
        studies: [records],
        notes: [],
      });
      const one = JSON.stringify(trials[0]);
      const { studies, notes } = await readStudies("one.jsonl", inChunks(one, size));
      expect([studies[0]!.trials, notes]).toEqual([[trials[0]], []]);
      const wrong = readStudies("bad.jsonl", inChunks(`${text}{"id":1}`, size));
      await expect(wrong).rejects.toThrow(/^line 6\.id: 1 is not allowed/);
    },
  );

  test("a wrong line is named by its number in the file, also behind the first chunk", async () => {
    const wrong = `${text}{"id":1}\n`;
    await expect(readStudies("bad.jsonl", inChunks(wrong, 1000))).rejects.toThrow(
      /^line 6\.id: 1 is not allowed/,
    );
    await expect(readStudies("bad.jsonl", [bytes("<html>\n")])).rejects.toThrow(/^line 1: not JSON/);
    await expect(readStudies("empty.jsonl", [])).rejects.toThrow(/empty\.jsonl: no trials/);
  });

  test("a study file in JSON is a set-up without records", async () => {
    const read = await readStudies("study.json", inChunks(JSON.stringify(defaultStudy, null, 2), 100));
    expect(read).toEqual({ studies: [], definition: defaultStudy, notes: [] });
  });
});

describe("pycls' sweep.json", () => {
  const written = writeSweepJson(trials);
  type Job = {
    [key: string]: { [metric: string]: number[] };
  } & { cfg: { OPTIM: Record<string, unknown> } & Record<string, Record<string, unknown>>; err: string };
  const jobs = JSON.parse(written.text) as Job[];

  test.each([
    { schedule: "linear", finalRate: 0.05 },
    { schedule: "exponential", finalRate: 0.01 },
    { schedule: "step", milestones: [1 / 3, 2 / 3], stepFactor: 0.3 },
    { schedule: "constant" },
  ] satisfies Partial<Trial["regime"]>[])("another program's records keep their schedule: %j", (schedule) => {
    const trial = { ...trials[1]!, regime: { ...trials[1]!.regime, ...schedule } };
    const [job] = JSON.parse(writeSweepJson([trial]).text) as { designscape?: unknown }[];
    delete job!.designscape;
    const { studies } = readSweepJson(JSON.stringify([job]), "other");
    expect(studies[0]!.trials[0]!.regime).toMatchObject(schedule);
  });

  test("errors are percent, times seconds, and min_top1_err never rises", () => {
    const { test_epoch, test_ema_epoch, train_epoch, complexity } = jobs[1]!;
    expect(test_epoch).toEqual({
      epoch: ["1/3", "2/3", "3/3"],
      ...{ epoch_ind: [1, 2, 3], epoch_max: [3, 3, 3], time_epoch: [1.2345, 1.2355, 1.2365] },
      ...{ top1_err: [90, 62.5, 21.7], min_top1_err: [90, 62.5, 21.7] },
    });
    // Without it pycls' load_sweep passes over a job.
    expect(test_ema_epoch).toEqual(test_epoch);
    expect(train_epoch!.lr).toEqual([0.05, 0.025, 0.05 / 3]);
    const { flops, params, acts } = trials[1]!.network;
    expect(complexity).toEqual({ flops, params, acts });
  });

  test("cfg has what pycls' analysis asks of it", () => {
    const { OPTIM, REGNET, TRAIN, MODEL } = jobs[1]!.cfg;
    expect(OPTIM).toMatchObject({
      BASE_LR: 0.05,
      WEIGHT_DECAY: 5e-4,
      MAX_EPOCH: 3,
      MOMENTUM: 0.9,
      MIN_LR: 0,
    });
    expect([MODEL?.TYPE, TRAIN?.IM_SIZE, TRAIN?.BATCH_SIZE]).toEqual(["regnet", 28, 32]);
    const { depth, slope } = trials[1]!.params as unknown as { depth: number; slope: number };
    expect(REGNET).toMatchObject({ DEPTH: depth, WA: slope });
    expect(jobs[3]?.err).toBe("the loss is NaN in epoch 1");
  });

  test("comes back trial by trial", () => {
    const { studies } = readSweepJson(written.text, "sweep");
    expect(studies).toHaveLength(1);
    expect(studies[0]!.trials).toEqual(trials);
  });

  test("what does not map is said: networks without a config, diverged ones, averages that are none", () => {
    expect(written.notes).toEqual([
      "1 diverged: here they count with error 1, pycls takes the lowest error of their epochs",
      "2 ended before an epoch: pycls' load_sweep passes over them",
      expect.stringMatching(/^3 were trained without averaged weights/),
    ]);
    const [first] = trials;
    const spec = { ...first!.network.spec, norm: proxyLayerNorm };
    const left = writeSweepJson([...trials, { ...first!, network: { ...first!.network, spec } }]);
    expect(left.notes[0]).toBe(
      "1 of 6 networks are left out: pycls' networks have batch norm; this one has layer norm",
    );
    expect((JSON.parse(left.text) as unknown[]).length).toBe(5);
  });

  /** A job as tools/sweep_collect.py collects it, of a network whose costs pycls published. */
  const published = readReference<
    {
      name: string;
      config: { d: number; w0: number; wa: number; wm: number; gw: number };
      flops: number;
      params: number;
      acts: number;
    }[]
  >("complexity.json").find(({ name }) => /x-400mf/i.test(name))!;
  const columns = (errors: readonly number[], most: number) => ({
    epoch: errors.map((_, i) => `${i + 1}/${most}`),
    epoch_ind: errors.map((_, i) => i + 1),
    epoch_max: errors.map(() => most),
    ...{ time_avg: errors.map(() => 0.1), time_epoch: errors.map(() => 12.5), mem: errors.map(() => 900) },
    ...{ top1_err: errors, top5_err: errors.map((error) => error / 3) },
  });
  const tested = (errors: readonly number[], most: number) => ({
    ...columns(errors, most),
    min_top1_err: errors.map((_, i) => Math.min(...errors.slice(0, i + 1))),
    min_top5_err: errors,
  });
  const foreign = (errors: readonly number[], change: object = {}) => ({
    cfg: {
      MODEL: { TYPE: "regnet", NUM_CLASSES: 1000, ACTIVATION_FUN: "relu" },
      ANYNET: {
        BLOCK_TYPE: "res_bottleneck_block",
        DEPTHS: [],
        WIDTHS: [],
        STRIDES: [],
        BOT_MULS: [],
        GROUP_WS: [],
      },
      EN: {
        STEM_W: 32,
        DEPTHS: [],
        WIDTHS: [],
        EXP_RATIOS: [],
        KERNELS: [],
        STRIDES: [],
        DC_RATIO: 0,
        DROPOUT_RATIO: 0,
      },
      REGNET: {
        ...{
          DEPTH: 22,
          W0: 24,
          WA: 24.48,
          WM: 2.54,
          GROUP_W: 16,
          BOT_MUL: 1,
          STRIDE: 2,
          SE_ON: false,
          SE_R: 0.25,
        },
        STEM_TYPE: "simple_stem_in",
        STEM_W: 32,
      },
      BN: { EPS: 1e-5, MOM: 0.1, USE_CUSTOM_WEIGHT_DECAY: true, CUSTOM_WEIGHT_DECAY: 0 },
      OPTIM: {
        BASE_LR: 0.8,
        LR_POLICY: "cos",
        MAX_EPOCH: 2,
        MOMENTUM: 0.9,
        NESTEROV: true,
        WEIGHT_DECAY: 5e-5,
        WARMUP_EPOCHS: 1,
        EMA_ALPHA: 1e-5,
        EMA_UPDATE_PERIOD: 32,
      },
      TRAIN: {
        DATASET: "imagenet",
        BATCH_SIZE: 1024,
        IM_SIZE: 224,
        LABEL_SMOOTHING: 0.1,
        MIXUP_ALPHA: 0.2,
        AUGMENT: "AutoAugment",
      },
      ...{ RNG_SEED: 7, NUM_GPUS: 8, DESC: "" },
      ...change,
    },
    complexity: { flops: published.flops, params: published.params, acts: published.acts },
    train_epoch: {
      ...columns(errors, 2),
      loss: errors.map(() => 5.5),
      lr: errors.map(() => 0.4),
      eta: errors.map(() => "00,00:00:00"),
    },
    test_epoch: tested(errors, 2),
    test_ema_epoch: tested(
      errors.map((error) => error - 1.5),
      2,
    ),
    ...{ log_file: "sweeps/cifar_regnet/logs/000001/stdout.log", err_file: "…/stderr.log", err: "" },
  });

  test("a sweep of pycls is an archive: percent become fractions, costs are recounted, what has no word is told", () => {
    const text = JSON.stringify([
      foreign([80.25, 71.5]),
      foreign([80.25, 75]),
      { ...foreign([88]), err: "Traceback\nAssertionError: loss is nan" },
      foreign([80], { MODEL: { TYPE: "vit" } }),
    ]);
    const { studies, notes } = readSweepJson(text, "sweep");
    const [{ study, trials: read }] = studies as [(typeof studies)[number]];
    expect(study).toMatchObject({ name: "cifar_regnet", archive: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(read.map(({ status, error }) => [status, error])).toEqual([
      ["done", 0.715],
      ["done", 0.75],
      ["diverged", 1],
    ]);
    expect(read[0]).toMatchObject({
      params: {
        family: "regnet",
        depth: 22,
        initialWidth: 24,
        slope: 24.48,
        widthMultiplier: 2.54,
        groupWidth: 16,
      },
      network: { flops: published.flops, params: published.params, acts: published.acts },
      epochs: [{ testError: 0.8025, emaError: 0.7875, trainLoss: 5.5, ms: 12_500 }, { testError: 0.715 }],
      regime: {
        ...{ dataset: "imagenet", images: 1_281_167, epochs: 2, batch: 1024, learningRate: 0.8, warmup: 0.5 },
        ...{ mixup: 0.2, spareNorms: true, labelSmoothing: 0.1 },
      },
      ...{ seed: 7, ms: 25_000, device: "pycls, 8 GPUs" },
    });
    // α·B/E·k = 1e-5·1024/2·32 every 32 steps.
    expect(read[0]!.regime.ema).toBeCloseTo((1 - 0.16384) ** (1 / 32), 10);
    expect(notes).toEqual([
      '3 of 4 networks: TRAIN.AUGMENT "AutoAugment" has no word here',
      expect.stringMatching(
        /^1 of 4 networks: left out: MODEL\.TYPE: "vit" is not allowed; expected "anynet"/,
      ),
    ]);
    // The same file again is the same study.
    expect(studyId(readSweepJson(text, "renamed").studies[0]!.study)).toBe(studyId(study));
  });

  test("other costs than we count are told, and what is no sweep.json is refused", () => {
    const job = foreign([80, 70]);
    const text = JSON.stringify([{ ...job, complexity: { ...job.complexity, flops: 1 } }]);
    expect(readSweepJson(text, "sweep").notes[0]).toMatch(/^1 of 1 networks: the file has other costs/);
    expect(() => readSweepJson("[{}]", "sweep")).toThrow("[0].cfg: missing; expected an object");
    expect(() => readSweepJson('{"jobs":[]}', "sweep")).toThrow("not a list");
    expect(() => readSweepJson("[]", "sweep")).toThrow("sweep: no jobs");
  });
});

describe("CSV", () => {
  test("a row a trial; costs, stages, parameters and regime in columns; text that would break a row is quoted", () => {
    const odd = { ...trials[0]!, reason: '=1+1, "quoted"\nand broken' };
    const text = trialsToCsv([odd, ...trials.slice(1)]);
    const [head, ...rows] = text.split(/\n(?=[0-9a-f]{16},)|\n$/).filter((row) => row !== "");
    const columns = head!.split(",");
    expect(rows).toHaveLength(trials.length);
    const second = Object.fromEntries(rows[1]!.split(",").map((cell, i) => [columns[i], cell]));
    expect(second).toMatchObject({
      ...{ study: id, population: "RegNetX", index: "0", status: "done", error: "0.217", bestEpoch: "3" },
      ...{ flops: String(trials[1]!.network.flops), "regime.learningRate": "0.05", dataset: "fashion-mnist" },
    });
    expect(text).toContain(`"'=1+1, ""quoted""\nand broken"`);
    expect(second.epochsTrained).toBe(String(trials[1]!.epochs.length));
    expect(columns).toEqual(expect.arrayContaining(["width1", "depth", "slope", "ms", "device"]));
  });
});

describe("merging", () => {
  test("records of one study: what is here stands, a stopped trial gives way, a different outcome is named", () => {
    const [a, b, c] = trials as [Trial, Trial, Trial];
    const stopped: Trial = { ...c, status: "stopped", error: null };
    const merged = mergeTrials(
      [a, b, stopped],
      [{ ...a, ms: 1, device: "another" }, { ...b, error: 0.25 }, c],
    );
    expect(merged.trials).toEqual([a, b, c]);
    expect([merged.added, merged.same]).toEqual([[c], 1]);
    expect(merged.conflicts).toEqual(["RegNetX 1: error 0.217 here, error 0.25 there"]);
  });

  test("records of earlier programs, which do not say their images, are the same as those that do; of other images they are not", () => {
    const [a, b] = trials as [Trial, Trial, Trial];
    const merged = mergeTrials(
      [
        { ...a, weights: "averages" },
        { ...b, dataDigest: "0123" },
      ],
      [
        { ...a, dataDigest: "0123" },
        { ...b, dataDigest: "4567" },
      ],
    );
    expect(merged.same).toBe(1);
    expect(merged.conflicts).toEqual(["RegNetX 1: error 0.217 here, error 0.217 there, on other images"]);
  });

  const wide = parseStudy({
    ...defaultStudy,
    name: "Wide",
    populations: [{ ...defaultStudy.populations[0], name: "wide" }],
  });
  const recordsOf = (study: Study, from: string, to: string) => ({
    study,
    trials: trialsAs(studyId(study), trials, () => to).filter((_, i) => trials[i]!.population === from),
  });

  test("populations that would be drawn and trained as they were make a study that can be run on", () => {
    const part = recordsOf(wide, "AnyNetXA", "wide");
    const merged = mergeStudies([records, part], "both", new Set([id]));
    expect(merged.notes).toEqual([]);
    expect(merged.study).toEqual(
      parseStudy({
        ...defaultStudy,
        name: "both",
        populations: [...defaultStudy.populations, ...wide.populations],
      }),
    );
    expect(merged.trials).toHaveLength(7);
    expect(new Set(merged.trials.map(({ study }) => study))).toEqual(new Set([studyId(merged.study)]));
  });

  test("what was trained in different ways is an archive; shared names and differences are told", () => {
    const hot = parseStudy({
      ...defaultStudy,
      name: "Hot",
      regime: { ...defaultStudy.regime, learningRate: 0.5 },
    });
    const other = {
      study: hot,
      trials: trialsAs(studyId(hot), trials).map((trial) => ({ ...trial, regime: hot.regime })),
    };
    const merged = mergeStudies([records, other], "both", new Set());
    expect(merged.study.archive).toBeDefined();
    expect(merged.study.populations.map(({ name }) => name)).toEqual([
      `AnyNetXA, ${defaultStudy.name}`,
      `RegNetX, ${defaultStudy.name}`,
      "AnyNetXA, Hot",
      "RegNetX, Hot",
    ]);
    expect(merged.trials).toHaveLength(10);
    expect(merged.notes.join("\n")).toMatch(/learningRate 0\.05, 0\.5/);
    expect(merged.notes).toHaveLength(4 + 1 + 1);
  });

  test("studies of one set-up become one, with the trials of both", () => {
    const copy = copyOf(defaultStudy, new Set([id]));
    const parts = [
      { study: defaultStudy, trials: trials.slice(0, 2) },
      { study: copy, trials: trialsAs(studyId(copy), trials.slice(1)) },
    ];
    const merged = mergeStudies(parts, "whole", new Set([id, studyId(copy)]));
    expect(merged.study).toMatchObject({ copy: 3, name: "whole", populations: defaultStudy.populations });
    expect(merged.trials).toHaveLength(5);
    expect(merged.notes).toEqual([]);
  });

  test("what was trained on other images under one name is an archive that says so, also where the set-up is the same", () => {
    const copy = copyOf(defaultStudy, new Set([id]));
    const on = (dataDigest: string, from: readonly Trial[]) =>
      from.map((trial) => ({ ...trial, dataDigest }));
    const of = (there: string) => [
      { study: defaultStudy, trials: on("0123", trials.slice(0, 2)) },
      { study: copy, trials: on(there, trialsAs(studyId(copy), trials.slice(1))) },
    ];
    const merged = mergeStudies(of("4567"), "whole", new Set([id]));
    expect(merged.study.archive).toBeDefined();
    expect(merged.trials).toHaveLength(2 + trials.length - 1);
    expect(merged.notes).toContainEqual(
      expect.stringMatching(/^Trials on different images under one name \(fashion-mnist: 0123, 4567\)/),
    );
    expect(merged.notes.at(-1)).toMatch(/^It is for looking at/);
    expect(mergeStudies(of("0123"), "whole", new Set([id])).study.archive).toBeUndefined();

    const part = recordsOf(wide, "AnyNetXA", "wide");
    const beside = [
      { ...records, trials: on("0123", records.trials) },
      { ...part, trials: on("4567", part.trials) },
    ];
    expect(mergeStudies(beside, "both", new Set([id])).study.archive).toBeDefined();
  });

  test("seeds per network are the most that any of them has; other rules of halving keep studies apart", () => {
    const part = recordsOf(wide, "AnyNetXA", "wide");
    const repeated = { ...part, study: { ...part.study, repeats: 3 } };
    expect(mergeStudies([records, repeated], "both", new Set([id])).study.repeats).toBe(3);
    const again = { ...records, study: { ...copyOf(defaultStudy, new Set([id])), repeats: 2 } };
    expect(mergeStudies([records, again], "both", new Set([id])).study.repeats).toBe(2);
    const halved = { ...part, study: { ...part.study, halving: { epochs: 1, factor: 2 } } };
    expect(mergeStudies([records, halved], "both", new Set([id])).study.archive).toBeDefined();
  });

  test("more populations than a study may have are refused", () => {
    const many = Array.from({ length: 6 }, (_, i) => archiveOf(`${i}`, `part ${i}`, trials));
    expect(() => mergeStudies(many, "all", new Set())).toThrow(/12 populations are not allowed; at most 10/);
  });
});
