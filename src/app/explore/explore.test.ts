import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findDataset } from "../../engine/data/catalogue.ts";
import { complexity } from "../../engine/network/complexity.ts";
import { publishedNetworks } from "../../engine/published/registry.ts";
import { drawNetwork } from "../../engine/spaces/population.ts";
import { families, familyOf } from "./families/registry.ts";
import { evenStops, logStops, nearestStop } from "./families/stops.ts";
import { adjustmentLines, adjustmentsOf } from "./model/adjustments.ts";
import { trialHash } from "./model/explore-trial.ts";
import { exploreHash, readExploreHash } from "./model/explore-url.ts";
import { imagenetImages, settingOf, smallImages } from "./model/images.ts";
import { nearestRelative, relativesOn } from "./model/nearest.ts";
import { explore, problemsOf } from "./model/network.ts";
import { trainableOn } from "./model/trainable.ts";
import { createExploreStore } from "./state/explore-store.ts";

const family = (id: string) => familyOf(id)!;
const anyFamily = fc.constantFrom(...families);
const anyImages = fc.constantFrom(smallImages, imagenetImages, { ...smallImages, side: 32, channels: 3 });
const baseline = "efficientnet-b0";

describe("a network of a study", () => {
  const spaces = families.flatMap(({ space }) => (space === undefined ? [] : [space]));
  test.each(spaces)("of %s is found again at its address, the very same network", (space) => {
    for (const index of [0, 1, 2]) {
      const setting = settingOf(smallImages, 3);
      const { spec, params } = drawNetwork({ space, setting, budget: {}, seed: 5 }, index);
      const hash = trialHash({ space, params, spec });
      if (hash === undefined) throw new Error(`network ${index} has no address`);
      const { address, problems } = readExploreHash(hash);
      expect(problems).toEqual([]);
      expect({ ...address.family.build(address.point).spec, name: "" }).toEqual({ ...spec, name: "" });
    }
  });

  test("has no address where its space has no knobs for it, or gives another network", () => {
    const setting = settingOf(smallImages, 3);
    const { spec, params } = drawNetwork({ space: "regnetx", setting, budget: {}, seed: 5 }, 0);
    expect(trialHash({ space: undefined, params, spec })).toBeUndefined();
    const other = { ...spec, stages: spec.stages.map((stage) => ({ ...stage, depth: stage.depth + 1 })) };
    expect(trialHash({ space: "regnetx", params, spec: other })).toBeUndefined();
  });
});

describe("training what is shown", () => {
  const dataset = findDataset("fashion-mnist")!;
  const shown = (images: typeof smallImages | typeof imagenetImages, values: object) => {
    const rule = family("dwr");
    const point = { values: { ...rule.start(images), ...values }, images, baseline };
    return { family: rule, point, network: { spec: rule.build(point).spec } };
  };

  test("a scaled resolution is trained as it is: images are resized to it", () => {
    const larger = shown(smallImages, { resolution: 1.5 });
    expect(larger.network.spec.input.height).toBe(42);
    expect(trainableOn(dataset, larger)).toEqual({ spec: larger.network.spec, asSmall: false });
  });

  test("an ImageNet network becomes one on the images of the data set, its resolution factor kept", () => {
    const trainable = trainableOn(dataset, shown(imagenetImages, { resolution: 1.5 }));
    expect(trainable).toMatchObject({
      asSmall: true,
      spec: { input: { height: 42, width: 42, channels: 1 }, classes: 10, stem: { type: "small" } },
    });
  });
});

describe.each(families)("$label", (each) => {
  test("begins as a legal network, on small images and on ImageNet", () => {
    for (const images of [smallImages, imagenetImages])
      expect(problemsOf(each, { values: each.start(images), images, baseline })).toEqual([]);
  });

  test("its knobs are its params: each has a value, and every stop of its slider is legal", () => {
    for (const images of [smallImages, imagenetImages]) {
      const values = each.start(images);
      const knobs = each.knobs(images);
      for (const { key } of knobs) expect(values, key).toHaveProperty(key);
      expect(new Set(knobs.map(({ short }) => short)).size).toBe(knobs.length);
      for (const { key, stops, stages } of knobs) {
        for (const stop of [stops[0]!, stops[stops.length >> 1]!, stops.at(-1)!]) {
          const store = createExploreStore({
            family: each,
            point: { values, images, baseline },
            seed: 1,
            draw: 0,
          });
          store.getState().setValue(key, stages === "none" ? undefined : 0, stop);
          expect(store.getState().refused, `${key} = ${stop}`).toEqual({});
        }
      }
    }
  });

  test("presets are the published networks, to the last digit", () => {
    for (const { id, point } of each.presets()) {
      const published = publishedNetworks.find((network) => network.id === id)!;
      expect(complexity(each.build(point).spec), id).toEqual(complexity(published.spec));
    }
  });

  test("the same draw is the same network, and a legal one", () => {
    const point = { values: each.start(smallImages), images: smallImages, baseline };
    const { values, cost } = each.population(point).draw(3, 5);
    expect(each.population(point).draw(3, 5)).toEqual({ values, cost });
    expect(complexity(each.build({ ...point, values }).spec)).toEqual(cost);
  });
});

describe("the address", () => {
  test("restores every network that Randomize draws", () => {
    fc.assert(
      fc.property(anyFamily, anyImages, fc.nat(1e6), fc.nat(50), (each, images, seed, draw) => {
        const from = { values: each.start(images), images, baseline };
        const point = { ...from, values: each.population(from).draw(seed, draw).values };
        const address = { family: each, point, seed, draw };
        const { address: read, problems } = readExploreHash(exploreHash(address));
        expect(problems).toEqual([]);
        expect(exploreHash(read)).toBe(exploreHash(address));
        expect(each.build(read.point).spec).toEqual(each.build(point).spec);
      }),
      { numRuns: 60 },
    );
  });

  test("whatever stands in it, the page has a legal network and says what it could not use", () => {
    const junk = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom("1,2", "NaN", "1e9", "-3", ""),
    );
    const keys = [
      "f",
      "stem",
      "res",
      "ch",
      "classes",
      "sw",
      "base",
      "seed",
      "draw",
      "d",
      "w0",
      "wm",
      "phi",
      "w",
    ];
    const query = fc
      .dictionary(fc.constantFrom(...keys), junk)
      .map((entries) => new URLSearchParams(entries));
    fc.assert(
      fc.property(anyFamily, query, (each, params) => {
        if (!params.has("f")) params.set("f", each.id);
        const { address } = readExploreHash(`#/explore?${params}`);
        expect(problemsOf(address.family, address.point)).toEqual([]);
      }),
    );
  });

  test("a wrong part takes its default and is named; the rest counts", () => {
    const { address, problems } = readExploreHash(
      "#/explore?f=regnetx&stem=simple&d=0&w0=24&wa=x&wm=2.5&g=16&b=1",
    );
    expect(problems.map(({ path }) => path)).toEqual(["d", "wa"]);
    expect(problems[0]!.message).toBe("0 is not allowed; expected a whole number from 1 to 1000");
    expect(address.point.values).toMatchObject({ initialWidth: 24, widthMultiplier: 2.5, groupWidth: 16 });
    expect(address.point.values.depth).toBe(family("regnetx").start(imagenetImages).depth);
  });
});

describe("the store", () => {
  const start = (id: string, images = imagenetImages) =>
    createExploreStore({
      family: family(id),
      point: { values: family(id).start(images), images, baseline },
      seed: 1,
      draw: 0,
    });

  test("an illegal value is refused with its legal range; the network stays; a legal one clears it", () => {
    const store = start("regnetx");
    const { depth } = store.getState().point.values;
    store.getState().setValue("depth", undefined, 0);
    expect(store.getState().refused.depth).toEqual({
      value: 0,
      message: "0 is not allowed; expected a whole number from 1 to 1000",
    });
    expect(store.getState().point.values.depth).toBe(depth);
    store.getState().setValue("depth", undefined, 5);
    expect(store.getState().refused).toEqual({});
    expect(store.getState().point.values.depth).toBe(5);
  });

  test("AnyNetXE keeps widths and depths in order, whichever stage is moved", () => {
    const store = start("anynetxe");
    store.getState().setValue("widths", 1, 512);
    expect(store.getState().point.values.widths).toEqual([32, 512, 512, 512]);
    store.getState().setValue("depths", 3, 1);
    expect(store.getState().point.values.depths).toEqual([1, 1, 1, 1]);
  });

  test("AnyNetXC moves the group widths of all stages together", () => {
    const store = start("anynetxc");
    store.getState().setValue("groupWidths", 2, 16);
    expect(store.getState().point.values.groupWidths).toEqual([16, 16, 16, 16]);
  });

  test("from RegNetX to AnyNetXA the network stays the same", () => {
    const store = start("regnetx");
    const before = explore(store.getState().family, store.getState().point).cost;
    store.getState().setFamily(family("anynetxa"));
    expect(explore(store.getState().family, store.getState().point).cost).toEqual(before);
  });

  test("TinyNet's r and d follow the budget, and stay where they are put by hand", () => {
    const store = start("tiny");
    store.getState().setValue("c", undefined, 1);
    expect(store.getState().point.values).toEqual({ c: 1, r: 1, d: 1 });
    store.getState().setValue("r", undefined, 0.8);
    expect(store.getState().point.values).toEqual({ c: 1, r: 0.8, d: 1 });
  });

  test("a resolution of 0 is refused", () => {
    const store = start("regnetx");
    store.getState().setImages({ side: 0 });
    expect(store.getState().refused.side?.message).toBe(
      "0 is not allowed; expected a whole number from 1 to 4096",
    );
    expect(store.getState().point.images.side).toBe(224);
  });
});

describe("the nearest published network", () => {
  test("of a published network is itself, with its own numbers", () => {
    for (const name of ["RegNetX", "RegNetY"]) {
      const relatives = relativesOn(imagenetImages, [name]);
      for (const { network, cost } of relatives) {
        const nearest = nearestRelative(cost, relatives)!;
        expect(nearest.network.name).toBe(network.name);
        expect(nearest.asPublished).toBe(true);
        expect(nearest.cost).toEqual(complexity(network.spec));
      }
    }
  });

  test("there is none among none", () => {
    expect(nearestRelative({ flops: 1, params: 1, acts: 1 }, [])).toBeUndefined();
  });
});

describe("adjustments", () => {
  test("say what pycls' rule did and why", () => {
    const lines = adjustmentLines(
      adjustmentsOf([
        { width: 84, bottleneckRatio: 1, groupWidth: 8 },
        { width: 8, bottleneckRatio: 1, groupWidth: 16 },
        { width: 48, bottleneckRatio: 1, groupWidth: 16 },
      ]),
    );
    expect(lines).toEqual([
      "stage 1: w 84 → 80, so that g = 8 divides",
      "stage 2: g 16 → 8, no wider than the 8 channels of the 3×3 convolution",
    ]);
  });

  test("an image smaller than the total stride is warned about", () => {
    const point = {
      values: family("regnetx").start(imagenetImages),
      images: { ...imagenetImages, side: 8 },
      baseline,
    };
    expect(explore(family("regnetx"), point).warnings).toEqual([
      "the map is 1×1 from stage 2 on: the image (8×8) is smaller than the total stride (32)",
    ]);
  });
});

describe("slider stops", () => {
  test("are exact multiples of their step", () => {
    expect(evenStops(0, 0.3, 0.1)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(logStops(8, 32, 8)).toEqual([8, 16, 24, 32]);
  });

  test("the nearest stop is the nearest", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 70, noNaN: true }), (value) => {
        const stops = [1, 2, 4, 8, 16, 32, 64];
        const best = stops.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
        expect(Math.abs(stops[nearestStop(stops, value)]! - value)).toBeCloseTo(Math.abs(best - value), 10);
      }),
    );
  });
});
