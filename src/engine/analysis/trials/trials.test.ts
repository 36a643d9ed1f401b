import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../../../test/fixtures/fake-trial.ts";
import { blockWidths, fitWidths } from "../../spaces/fit.ts";
import { errorsOf, type Trial } from "../../sweep/trial.ts";
import { everyTrial, filterTrials, isEveryTrial } from "./filter.ts";
import { metricKey, metricsOf, metricValue, observedMetric } from "./metrics.ts";
import { mixtureWarnings } from "./mixture.ts";
import { observe, observeAll } from "./observation.ts";

const regnet = fakeTrial("RegNetX", 0, 0.25);
const anynet = fakeTrial("AnyNetXA", 0, 0.35);
const diverged = fakeTrial("AnyNetXA", 1, "diverged");
const failed = fakeTrial("AnyNetXA", 2, "failed");
const trials: readonly Trial[] = [regnet, anynet, diverged, failed];

describe("observations", () => {
  test("count the same errors as the EDF of the records does", () => {
    const counted = observeAll(trials).flatMap(({ error }) => (error === null ? [] : [error]));
    expect(counted).toEqual(errorsOf(trials));
  });

  test("hold the costs, what the space drew and every stage", () => {
    const { values, name, dataset } = observe(regnet);
    const { params, network } = regnet;
    if (params.family !== "regnet") throw new Error("expected a RegNet");
    expect(name).toBe(network.name);
    expect(dataset).toBe("fashion-mnist");
    expect(values).toMatchObject({
      flops: network.flops,
      params: network.params,
      acts: network.acts,
      initialWidth: params.initialWidth,
      slope: params.slope,
      groupWidth: params.groupWidth,
      depth: params.depth,
      [`width${network.stages.length}`]: network.stages.at(-1)!.width,
      depth1: network.stages[0]!.depth,
    });
  });

  test("a parameter that stages do not share is no number of the network; each stage has its own", () => {
    const { values } = observe(anynet);
    const stages = anynet.network.stages;
    expect(new Set(stages.map(({ groupWidth }) => groupWidth)).size).toBeGreaterThan(1);
    expect(values.groupWidth).toBeUndefined();
    expect(values.groupWidth2).toBe(stages[1]!.groupWidth);
    expect(values.slope).toBeUndefined();
  });

  test("infinite and missing numbers are left out, one record gives one row", () => {
    const odd = { ...regnet, ms: Number.POSITIVE_INFINITY, error: Number.NaN };
    expect(observe(odd).values.ms).toBeUndefined();
    expect(observe(odd).error).toBeNull();
    expect(observe(odd)).toBe(observe(odd));
  });

  test("a measured latency is a number like any other; its spread is not", () => {
    const measured = { "latency.webgl.1": 3.5, "latency.webgl.1.spread": 0.5 };
    const observation = observe({ ...regnet, measured });
    expect(metricValue(observation, "latency.webgl.1")).toBe(3.5);
    expect(metricValue(observation, "latency.webgl.1.spread")).toBeUndefined();
    expect(metricsOf([observation]).map(({ key }) => key)).toContain("latency.webgl.1");
    expect(observedMetric("latency.webgl.1")).toMatchObject({ kind: "cost", scale: "milliseconds" });
    for (const key of ["latency.tpu.1", "latency.webgl.0", "latency.webgl"])
      expect(observedMetric(key)).toBeUndefined();
  });

  test("where images are held out, the validation error is that of the epoch whose test error is reported", () => {
    const errors = [
      [0.3, 0.2],
      [0.25, 0.4],
    ] as const;
    const epochs = errors.map(([testError, validationError], i) => ({
      ...{ epoch: i + 1, trainLoss: 1, trainError: 0.5, learningRate: 0.1, ms: 1 },
      ...{ testError, validationError },
    }));
    const observation = observe({ ...regnet, epochs, error: 0.3 });
    expect(metricValue(observation, "validationError")).toBe(0.2);
    expect(metricsOf([observation]).map(({ key }) => key)).toContain("validationError");
    expect(metricsOf([observe(regnet)]).map(({ key }) => key)).not.toContain("validationError");
  });

  test("a trial under way has an error to come", () => {
    expect(observe({ ...regnet, status: "training" }).error).toBeNull();
  });
});

describe("metrics", () => {
  test("every number of a trial is described", () => {
    for (const trial of trials)
      for (const key of Object.keys(observe(trial).values)) expect(observedMetric(key)?.key).toBe(key);
  });

  test("metricsOf lists each once, errors and costs first", () => {
    const keys = metricsOf(observeAll(trials)).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.slice(0, 2)).toEqual(["error", "flops"]);
    expect(metricsOf([])).toEqual([]);
  });

  test("e_fit is that of the fit", () => {
    expect(metricValue(observe(anynet), "fitError")).toBe(fitWidths(blockWidths(anynet.network.spec)).error);
  });

  test.each([
    ["w_0", "initialWidth"],
    ["w_a", "slope"],
    ["e_fit", "fitError"],
    ["w_4", "width4"],
    ["d_2", "depth2"],
    ["g", "groupWidth"],
    ["flops", "flops"],
    ["w_x", undefined],
    ["width0", undefined],
  ])("%s means %s", (name, key) => {
    expect(metricKey(name)).toBe(key);
  });

  test("a stage's metric names its stage", () => {
    expect(observedMetric("width4")).toMatchObject({ label: "Width of stage 4", symbol: "w_4" });
  });
});

describe("filters", () => {
  const observations = observeAll(trials);
  const names = (filter: Partial<typeof everyTrial>) =>
    filterTrials(observations, { ...everyTrial, ...filter }).map(({ id }) => id);

  test("no condition lets everything through", () => {
    expect(isEveryTrial(everyTrial)).toBe(true);
    expect(filterTrials(observations, everyTrial)).toEqual(observations);
  });

  test("population, status and study: any of those named", () => {
    expect(names({ populations: ["RegNetX"] })).toEqual([regnet.id]);
    expect(names({ statuses: ["diverged", "failed"] })).toEqual([diverged.id, failed.id]);
    expect(names({ studies: ["another"] })).toEqual([]);
  });

  test("ranges include their ends; a trial without the metric is out", () => {
    expect(names({ ranges: { error: { min: 0.25, max: 0.35 } } })).toEqual([regnet.id, anynet.id]);
    expect(names({ ranges: { slope: { min: 0 } } })).toEqual([regnet.id]);
  });

  test("several filters: all of them", () => {
    const done = { ...everyTrial, statuses: ["done" as const] };
    const any = { ...everyTrial, populations: ["AnyNetXA"] };
    expect(filterTrials(observations, done, any).map(({ id }) => id)).toEqual([anynet.id]);
  });
});

describe("mixtures", () => {
  const with_ = (change: Partial<Trial["regime"]>): Trial => ({
    ...regnet,
    regime: { ...regnet.regime, ...change },
  });

  test("one regime and one data set need no warning", () => {
    expect(mixtureWarnings(observeAll(trials))).toEqual([]);
    expect(mixtureWarnings([])).toEqual([]);
  });

  test("data sets and regimes that differ are named with their values", () => {
    const mixed = observeAll([regnet, with_({ dataset: "mnist" }), with_({ epochs: 9 })]);
    const [dataset, regime] = mixtureWarnings(mixed);
    expect(dataset).toMatchObject({ kind: "dataset" });
    expect(dataset!.message).toContain("fashion-mnist, mnist");
    expect(regime).toMatchObject({ kind: "regime", differences: [{ field: "epochs", values: ["3", "9"] }] });
  });

  test("images that were replaced under one name are told by their digests; records without one say nothing", () => {
    const on = (dataDigest: string, i: number): Trial => ({ ...regnet, id: `t${i}`, dataDigest });
    const [warning, ...others] = mixtureWarnings(observeAll([regnet, on("aaaa", 1), on("bbbb", 2)]));
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      kind: "dataset",
      differences: [{ field: "fashion-mnist", values: ["aaaa", "bbbb"] }],
    });
    expect(mixtureWarnings(observeAll([regnet, on("aaaa", 1)]))).toEqual([]);
  });

  test("a field that only some regimes have differs too", () => {
    const [regime] = mixtureWarnings(observeAll([regnet, with_({ stochasticDepth: 0.2 })]));
    expect(regime!.differences).toEqual([{ field: "stochasticDepth", values: ["none", "0.2"] }]);
  });

  test("seeds are told apart", () => {
    expect(mixtureWarnings(observeAll([regnet, { ...regnet, seed: 2 }]))[0]).toMatchObject({ kind: "seed" });
  });
});
