import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDraw, parseDrawText } from "../spaces/parameter-draw.ts";
import { defaultRegime } from "../training/regime.ts";
import { drawTrial } from "./population.ts";
import { type DrawnPopulation, drawnPopulationSchema, parseStudy } from "./study.ts";
import { canonicalJson } from "./study-id.ts";

const context = { studyId: "s", seed: 11, regime: defaultRegime };
const populationOf = (fields: object) => drawnPopulationSchema.parse({ name: "p", count: 3, ...fields });
const draw = (population: DrawnPopulation, index: number) => drawTrial(context, population, index);

/** Hashes of six networks a space, taken before populations could say anything of their parameters. */
// biome-ignore format: a table reads best as a table
const before = [
  ["anynetxa", "888c3cfa5fe16852"], ["anynetxb", "bf6cdb14b3d42e56"], ["anynetxc", "e131643ff0389161"],
  ["anynetxd", "3c21f7694a60ad97"], ["anynetxe", "8308e59c7b95ae48"], ["regnetx", "4d6982c01649ba20"],
  ["regnety", "5f4795966519577d"], ["regnetx-wm2", "c75c75a20b2010e1"], ["regnetx-w0wa", "7cfddedcf33f9e0d"],
  ["regnetx-restricted", "79197c55ffcd2278"], ["regnetr", "cba2370b8454a909"], ["regnetv", "0b78c543776262a8"],
  ["regnetvr", "472ba800a3fdd6a6"], ["vanilla", "e1e72884444b2849"], ["resnet", "42fe8fe63d6d04ef"],
  ["resnext-a", "3cc0ab408c610d7e"], ["resnext-b", "1bab3d5182a1ad59"], ["mbconv", "b6d47c72272b3295"],
  ["efficientnetv2", "48f26bfb2ee523bd"],
] as const;

test.each(before)(
  "%s draws the networks that it always drew where nothing is said of its parameters",
  (space, hash) => {
    const hashed = createHash("sha256");
    const wide = /^(vanilla|resnet|resnext|mbconv|eff)/.test(space);
    for (const [stages, budget] of [
      [3, { flops: "1M..3M" }],
      [4, {}],
    ] as const)
      for (const index of [0, 1, 2]) {
        const { params, network } = draw(populationOf({ space, stages, budget: wide ? {} : budget }), index);
        hashed.update(canonicalJson({ params, spec: network.spec }));
      }
    expect(hashed.digest("hex").slice(0, 16)).toBe(hash);
  },
);

describe("a population's own parameters", () => {
  /** Params of 30 networks. */
  const drawn = (space: string, parameters: object, more: object = {}) =>
    Array.from({ length: 30 }, (_, i) => draw(populationOf({ space, parameters, ...more }), i));
  const values = (space: string, parameters: object, key: string) =>
    drawn(space, parameters).flatMap(({ params }) => (params as unknown as Record<string, number>)[key]!);

  test("a range, a list and a value are kept to by every network", () => {
    const depths = values("regnetx", { depth: "6..9" }, "depth");
    expect(new Set(depths)).toEqual(new Set([6, 7, 8, 9]));
    expect(new Set(values("regnetx", { groupWidth: [8, 16] }, "groupWidth"))).toEqual(new Set([8, 16]));
    expect(new Set(values("regnetx", { bottleneckRatio: 1 }, "bottleneckRatio"))).toEqual(new Set([1]));
    const slopes = values(
      "regnetx",
      { slope: { from: 8, to: 24, distribution: "uniform", step: 4 } },
      "slope",
    );
    expect(new Set(slopes)).toEqual(new Set([8, 12, 16, 20, 24]));
    const widths = values("anynetxa", { width: "16..32", depth: 2 }, "widths");
    expect(new Set(widths)).toEqual(new Set([16, 24, 32]));
  });

  test("the papers' constraints: w_0 = w_a with w_m = 2, b = 1, depthwise, with and without squeeze-and-excitation", () => {
    for (const { params, network } of drawn("regnetx-w0wa", {
      widthMultiplier: 2,
      bottleneckRatio: 1,
      groupWidth: 1,
      seRatio: 0.25,
    })) {
      if (params.family !== "regnet") throw new Error(params.family);
      expect(params.slope).toBe(params.initialWidth);
      expect(params).toMatchObject({ widthMultiplier: 2, bottleneckRatio: 1, groupWidth: 1, seRatio: 0.25 });
      for (const stage of network.spec.stages) expect(stage).toMatchObject({ groupWidth: 1, seRatio: 0.25 });
    }
    expect(new Set(values("regnety", { seRatio: 0 }, "seRatio"))).toEqual(new Set([0]));
    expect(new Set(values("anynetxe", { seRatio: [0, 0.25] }, "seRatio"))).toEqual(new Set([0, 0.25]));
  });

  test("squeeze-and-excitation is drawn last: the same networks with and without it", () => {
    const plain = drawn("regnetx", {});
    const squeezed = drawn("regnetx", { seRatio: 0.5 });
    expect(squeezed.map(({ params }) => ({ ...params, seRatio: 0 }))).toEqual(
      plain.map(({ params }) => params),
    );
  });

  test("a line wider than the space's own ranges may have stages wider than them", () => {
    const wide = drawn("regnetx", { initialWidth: 256, slope: "64..128" }, { budget: { flops: "..1G" } });
    expect(wide.every(({ network }) => network.spec.stages[0]!.width > 192)).toBe(true);
    expect(wide.some(({ network }) => network.spec.stages.at(-1)!.width > 512)).toBe(true);
  });

  test("blocks of EfficientNets take kernels, expansions, groups and squeeze ratios; what does not expand stays so", () => {
    for (const { network } of drawn("mbconv", { kernel: 3, expansion: [2, 3], groupWidth: 4, seRatio: 0 }))
      network.spec.stages.forEach((stage, i) => {
        expect(stage).toMatchObject({ kernel: 3, groupWidth: 4, seRatio: 0 });
        expect("expansion" in stage && stage.expansion).toSatisfy((e) =>
          i === 0 ? e === 1 : e === 2 || e === 3,
        );
      });
    const fused = drawn("efficientnetv2", { fused: 1 });
    expect(
      fused.every(({ network }) => network.spec.stages.every(({ block }) => block === "fused_mbconv")),
    ).toBe(true);
  });

  test("the norm is the population's", () => {
    expect(draw(populationOf({ space: "regnetx", norm: "proxy-layer" }), 0).network.spec.norm).toMatchObject({
      type: "layer",
      proxyEpsilon: 0.03,
    });
  });

  test.each([
    [
      "regnetx",
      { kernel: 3 },
      "populations[0].parameters.kernel: is not free in RegNetX; its parameters are depth, initialWidth, slope, widthMultiplier, groupWidth, bottleneckRatio, seRatio",
    ],
    ["regnetx", { w0: 3 }, "populations[0].parameters.w0: is no parameter of RegNetX"],
    [
      "regnetx-wm2",
      { widthMultiplier: 3 },
      "populations[0].parameters.widthMultiplier: is not free in RegNetX, w_m = 2",
    ],
    ["regnetv", { seRatio: 0.25 }, "parameters.seRatio: is not free in RegNet, V block"],
    ["regnetx", { depth: "9..6" }, "parameters.depth: 9..6 is empty; it goes from 9 to 6"],
    [
      "regnetx",
      { depth: "30.." },
      "parameters.depth: 30.. is empty; it goes from 30 to 24, where the end is the space's own",
    ],
    [
      "regnetx",
      { depth: "0..9" },
      "parameters.depth: 0 in 0..9 is not allowed; expected 1 to 128, whole numbers",
    ],
    ["regnetx", { depth: 2.5 }, "parameters.depth: 2.5 is not allowed; expected 1 to 128, whole numbers"],
    [
      "regnetx",
      { initialWidth: "9..15" },
      "parameters.initialWidth: 9..15 is empty; it has no multiple of 8",
    ],
    [
      "regnetx",
      { initialWidth: [8, 12] },
      "parameters.initialWidth: 12 is not allowed; expected 8 to 1024, multiples of 8",
    ],
    [
      "regnetx",
      { slope: "0..9" },
      "parameters.slope: 0..9 is not allowed; log needs a start above 0 (or take uniform)",
    ],
    [
      "regnetx",
      { bottleneckRatio: 3 },
      "parameters.bottleneckRatio: 3 is not allowed; expected 0.125 to 8, powers of two",
    ],
    [
      "regnetx",
      { bottleneckRatio: { from: 1, to: 4, distribution: "log" } },
      "log is not allowed; bottleneck ratio takes power2 or a list of values",
    ],
    [
      "regnetx-restricted",
      { depth: "12..64" },
      "parameters.depth: 64 in 12..64 is not allowed; expected 1 to 40",
    ],
    [
      "regnetx",
      { depth: "six" },
      'parameters.depth: "six" is not allowed; expected a value, a list of values, a range',
    ],
    ["regnetx", { depth: { from: 6, until: 9 } }, "parameters.depth.until: unknown field"],
    ["regnetx", { depth: [] }, "parameters.depth: [] is not allowed; at least 1 item"],
    ["mbconv", { kernel: 4 }, "parameters.kernel: 4 is not allowed; expected 1 to 9, odd"],
  ])("%s with %o is refused: where, and what is allowed", (space, parameters, message) => {
    expect(() =>
      parseStudy({ version: 1, populations: [{ name: "p", space, count: 2, parameters }] }),
    ).toThrow(message);
  });

  test("a budget that nothing meets is given up after so many draws, and says how near they came", () => {
    const impossible = populationOf({
      space: "regnetx",
      parameters: { depth: 12 },
      budget: { flops: "..10k" },
    });
    expect(() => drawTrial(context, impossible, 0, "populations[0]")).toThrow(
      /populations\[0\]\.budget: RegNetX: none of 20000 networks is within the budget \(flops above 0\.01 M: 100\.0%, .*\); the nearest has flops [\d.]+ M; widen it/,
    );
  });

  test("a draw as text is read back as itself", () => {
    const end = fc.option(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0),
      { nil: undefined },
    );
    const range = fc
      .record({
        from: end,
        to: end,
        distribution: fc.constantFrom(undefined, "uniform", "power2-or-log", "log-normal"),
        step: fc.constantFrom(undefined, 0.1, 8),
      })
      .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
    const list = fc.array(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((value) => value + 0),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(fc.oneof(range, list), fc.constantFrom(" ", "_"), (each, gap) => {
        expect(parseDrawText(formatDraw(each, gap))).toEqual(each);
      }),
    );
    for (const text of ["", "..x", "1..2..3", "a, b", "1..2 often", "1..2 log step"])
      expect(parseDrawText(text), text).toBeUndefined();
  });
});
