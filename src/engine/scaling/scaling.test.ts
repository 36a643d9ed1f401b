import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { complexity } from "../network/complexity.ts";
import { smallImageFrame } from "../network/frame.ts";
import { strided } from "../network/layers.ts";
import { checkNetworkSpec } from "../network/parse.ts";
import { smallImageVersion } from "../network/small-image.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { publishedNetwork } from "../published/registry.ts";
import { drawNetwork } from "../spaces/population.ts";
import { spaceIds } from "../spaces/registry.ts";
import { imagenetSetting, smallImageSetting } from "../spaces/setting.ts";
import { compoundScale, compoundToFlops, efficientnetCoefficients, flopsGrowth } from "./compound.ts";
import { v2Scale } from "./efficientnet-v2.ts";
import { fastMultipliers, fastScale, fastToFlops, parseScalingType } from "./fast.ts";
import { tradeGroups } from "./group-trade.ts";
import { scaleBy } from "./multipliers.ts";
import { testResolution } from "./resolution.ts";
import { dimensionToFlops, scaleDimension } from "./single.ts";
import { publishedTiny, publishedTinyFormula, tinyScale, tinyToFlops } from "./tiny.ts";

const baselines = ["efficientnet-b0", "resnet-50", "regnetx-400mf", "regnety-1.6gf", "resnext-50"].map(
  (id) => [id, publishedNetwork(id).spec] as const,
);
const anyBaseline = fc.oneof(
  fc.constantFrom(...baselines.map(([, spec]) => spec)),
  fc
    .tuple(fc.constantFrom(...spaceIds), fc.constantFrom(smallImageSetting, imagenetSetting), fc.nat())
    .map(([space, setting, seed]) => drawNetwork({ space, setting, budget: {}, seed }, 0).spec),
);
const b0 = publishedNetwork("efficientnet-b0").spec;
const flopsOf = (spec: NetworkSpec) => complexity(spec).flops;

describe("every scaling rule", () => {
  test("leaves the baseline as it is at φ = 0, factor 1, multipliers 1", () => {
    fc.assert(
      fc.property(anyBaseline, (baseline) => {
        expect(compoundScale(baseline, 0)).toEqual(baseline);
        expect(fastScale(baseline, 1)).toEqual(baseline);
        expect(v2Scale(baseline, 0)).toEqual(baseline);
        expect(tinyScale(baseline, { depth: 1, width: 1, resolution: 1 })).toEqual(baseline);
        expect(scaleDimension(baseline, "width", 1)).toEqual(baseline);
      }),
    );
  });

  test("makes networks that can be built, up and down", () => {
    fc.assert(
      fc.property(anyBaseline, fc.double({ min: -2, max: 2, noNaN: true }), (baseline, phi) => {
        const factor = 2 ** phi;
        for (const spec of [
          compoundScale(baseline, phi),
          fastScale(baseline, factor),
          tinyScale(baseline, { depth: factor, width: factor, resolution: factor }),
          v2Scale(baseline, Math.abs(phi)),
        ]) {
          expect(checkNetworkSpec(spec)).toEqual([]);
        }
      }),
    );
  });
});

describe("compound scaling", () => {
  test("α·β²·γ² of EfficientNet is near 2", () => {
    expect(flopsGrowth(efficientnetCoefficients)).toBeCloseTo(1.92, 2);
  });

  test("φ = 1 of B0 is about twice its flops", () => {
    expect(flopsOf(compoundScale(b0, 1)) / flopsOf(b0)).toBeGreaterThan(1.7);
    expect(flopsOf(compoundScale(b0, 1)) / flopsOf(b0)).toBeLessThan(2.6);
  });

  test("ResNet-50 keeps one group a stage, ResNeXt keeps its group widths, when widened", () => {
    const resnet = scaleBy(publishedNetwork("resnet-50").spec, { depth: 1, width: 1.5, resolution: 1 });
    expect(resnet.stages.map((s) => ("groupWidth" in s ? [s.width, s.groupWidth] : []))).toEqual([
      [384, 96],
      [768, 192],
      [1536, 384],
      [3072, 768],
    ]);
    const resnext = scaleBy(publishedNetwork("resnext-50").spec, { depth: 1, width: 1.5, resolution: 1 });
    expect(resnext.stages.map((s) => "groupWidth" in s && s.groupWidth)).toEqual([4, 8, 16, 32]);
  });

  test.each(baselines)(
    "%s: half and four times its flops are met, as nearly as whole blocks allow",
    (_, spec) => {
      for (const share of [0.5, 4]) {
        const { deviation } = compoundToFlops(spec, share * flopsOf(spec));
        expect(Math.abs(deviation)).toBeLessThan(0.15);
      }
    },
  );
});

describe("one dimension", () => {
  test("resolution hits a budget closely; depth changes nothing but depths", () => {
    const { spec, deviation } = dimensionToFlops(b0, "resolution", 2 * flopsOf(b0));
    expect(Math.abs(deviation)).toBeLessThan(0.02);
    expect(spec.stages).toEqual(b0.stages);
    const deeper = scaleDimension(b0, "depth", 2);
    expect(deeper.stages.map(({ depth, ...rest }) => rest)).toEqual(
      b0.stages.map(({ depth, ...rest }) => rest),
    );
    expect(deeper.stages.map(({ depth }) => depth)).toEqual([2, 4, 4, 6, 6, 8, 2]);
  });

  test("a budget under the smallest network is an error that names the range", () => {
    expect(() => dimensionToFlops(b0, "width", 1000)).toThrow(
      /flops: 1000 is not allowed; expected from \d+ \(width 0.05\)/,
    );
  });
});

describe("fast scaling", () => {
  test("multipliers give d·w²·r² = s; d1_w8_g8_r1 gives width 0.8 of the growth", () => {
    const { d, w, g, r } = fastMultipliers(parseScalingType("d1_w8_g8_r1"), 4);
    expect(d * w * w * r * r).toBeCloseTo(4, 12);
    expect([d, w, g, r]).toEqual([4 ** 0.1, 4 ** 0.4, 4 ** 0.4, 4 ** 0.05]);
  });

  test("names: letters are equal shares, group width alone counts by its square", () => {
    expect(parseScalingType("dw")).toEqual({ d: 1, w: 1, g: 0, r: 0 });
    expect(fastMultipliers(parseScalingType("g"), 4)).toEqual({ d: 1, w: 1, g: 4, r: 1 });
    expect(() => parseScalingType("d1_x2")).toThrow('scaling: "d1_x2" is not allowed');
  });

  test("RegNetX-400MF times 4: the values that pycls' rounding gives by hand", () => {
    // w = 4^0.4 = 1.7411: 32 → 55.7 → 56, 64 → 111.4 → 112, 160 → 278.6 → 280, 384 → 668.6 → 672;
    // g = 16 · 1.7411 = 27.9 → 28 → 3.5 · 8 → 32; then each width to a multiple of 32, halves to even.
    const spec = fastScale(publishedNetwork("regnetx-400mf").spec, 4);
    expect(spec.stages.map(({ width }) => width)).toEqual([64, 128, 288, 672]);
    expect(spec.stages.map((stage) => "groupWidth" in stage && stage.groupWidth)).toEqual([32, 32, 32, 32]);
    expect(spec.stages.map(({ depth }) => depth)).toEqual([1, 2, 8, 14]);
    expect(spec.stem.width).toBe(32);
    expect(spec.input.height).toBe(240);
  });

  test("meets a budget, and activations grow about as the root of the flops", () => {
    const baseline = publishedNetwork("regnetx-400mf").spec;
    const { spec, deviation } = fastToFlops(baseline, 16 * flopsOf(baseline));
    expect(Math.abs(deviation)).toBeLessThan(0.1);
    expect(complexity(spec).acts / complexity(baseline).acts).toBeLessThan(16 ** 0.65);
  });
});

describe("TinyNet", () => {
  test("the formula passes through the published networks and the baseline", () => {
    expect(publishedTinyFormula(1)).toEqual({ r: 1, d: 1 });
    for (const { c, r, d } of publishedTiny) {
      expect(publishedTinyFormula(c).r).toBeCloseTo(r, 12);
      expect(publishedTinyFormula(c).d).toBeCloseTo(d, 12);
    }
    expect(() => publishedTinyFormula(1.5)).toThrow("c: 1.5 is not allowed");
  });

  test.each([0.9, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2, 0.1, 0.06])(
    "width solved for a share of %s of the flops meets it within one percent",
    (c) => {
      for (const id of ["efficientnet-b0", "resnet-50", "regnety-1.6gf"]) {
        const baseline = publishedNetwork(id).spec;
        const { spec, flops, deviation } = tinyToFlops(
          baseline,
          c * flopsOf(baseline),
          publishedTinyFormula(c),
        );
        expect(Math.abs(deviation), id).toBeLessThan(0.01);
        expect(flopsOf(spec)).toBe(flops);
        expect(checkNetworkSpec(spec)).toEqual([]);
      }
    },
  );

  test("wide groups, which leave few widths to choose from, meet it too", () => {
    const baseline = publishedNetwork("regnety-8.0gf").spec;
    const c = 0.3936;
    const { deviation } = tinyToFlops(baseline, c * flopsOf(baseline), publishedTinyFormula(c));
    expect(Math.abs(deviation)).toBeLessThan(0.01);
  });
});

describe("EfficientNetV2's scaling", () => {
  test("the side stops at 480 pixels; late stages get the extra layers", () => {
    const small = publishedNetwork("efficientnetv2-s").spec;
    const scaled = v2Scale(small, 2);
    expect(scaled.input.height).toBe(480);
    const plain = compoundScale(small, 2);
    const extra = scaled.stages.map(({ depth }, i) => depth - plain.stages[i]!.depth);
    expect(extra).toEqual([0, 0, 0, 1, 2, 3]);
  });
});

describe("group-size trade", () => {
  test("groups of 16 in B0 at equal flops: the expansion falls from 6 to about 2", () => {
    const { spec, parameter, deviation } = tradeGroups(b0, 16);
    expect(Math.abs(deviation)).toBeLessThan(0.02);
    expect(parameter).toBeGreaterThan(1.8);
    expect(parameter).toBeLessThan(2.6);
    expect(checkNetworkSpec(spec)).toEqual([]);
  });

  test("widths that are no numbers are refused, not divided into groups for ever", () => {
    expect(checkNetworkSpec(compoundScale(b0, Number.NaN))).not.toEqual([]);
  });

  test("groups of 1 are the baseline's own expansion", () => {
    expect(tradeGroups(b0, 1).deviation).toBeCloseTo(0, 6);
  });

  test.each([0, 2.5, 64])(
    "a group width of %s is refused with the widest that the flops pay for",
    (width) => {
      expect(() => tradeGroups(b0, width)).toThrow(
        new RegExp(`^groupWidth: ${width} is not allowed; expected a whole number from 1 to \\d+`),
      );
    },
  );
});

describe("resolutions and small images", () => {
  test("test and training resolution are congruent", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 32, max: 600 }),
        fc.integer({ min: 32, max: 600 }),
        (wanted, training) => {
          const side = testResolution(wanted, training, 5);
          expect((side - training) % 32).toSatisfy((rest: number) => rest === 0);
          expect(Math.abs(side - wanted)).toBeLessThanOrEqual(16);
        },
      ),
    );
  });

  test.each(baselines)("%s for small images keeps a map of at least 4×4, and its blocks", (_, spec) => {
    const images = { side: 28, channels: 1, classes: 10 };
    const small = smallImageVersion(spec, images);
    expect(checkNetworkSpec(small)).toEqual([]);
    const last = small.stages.reduce((side, { stride }) => strided(side, stride), 28);
    expect(last).toBe(4);
    expect(small.stages.map(({ stride, ...rest }) => rest)).toEqual(
      spec.stages.map(({ stride, ...rest }) => rest),
    );
    expect(small.stem).toEqual({ ...smallImageFrame.stem, width: spec.stem.width });
  });
});
