import { describe, expect, test } from "vitest";
import { smallNetwork } from "../../../test/fixtures/any-study.ts";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { epochStability, seedStability } from "./rank-stability.ts";
import { type Observation, observe } from "./trials/observation.ts";
import { perNetwork } from "./trials/per-network.ts";

const base = observe(fakeTrial("RegNetX", 0, 0.3));

function trained(epochErrors: readonly number[], change: Partial<Observation> = {}): Observation {
  return { ...base, epochErrors, error: Math.min(...epochErrors), ...change };
}

describe("rank stability over epochs", () => {
  test("τ between the lowest error up to epoch e and at the end, for every e below E", () => {
    const finding = epochStability([
      trained([0.5, 0.4, 0.1]),
      trained([0.4, 0.3, 0.2]),
      trained([0.3, 0.9, 0.25]),
    ]);
    if (!finding.found) throw new Error(finding.message);
    expect(finding.value.map(({ epoch, ofEpochs }) => [epoch, ofEpochs])).toEqual([
      [1, 3],
      [2, 3],
    ]);
    const taus = finding.value.map(({ correlation }) => (correlation.found ? correlation.value.tau : null));
    // After epoch 1 the order is reversed; after epoch 2 the lowest are 0.4, 0.3 and a tie of it with 0.3.
    expect(taus[0]).toBe(-1);
    expect(taus[1]).toBeCloseTo(-2 / Math.sqrt(2 * 3), 12);
  });

  test("diverged, stopped and shorter trials take no part", () => {
    const whole = [trained([0.5, 0.2]), trained([0.6, 0.3])];
    const others = [
      trained([0.1], { status: "done" }),
      trained([0.1, 0.9], { status: "diverged", error: 1 }),
      trained([0.1, 0.9], { status: "stopped", error: null }),
    ];
    expect(epochStability([...whole, ...others])).toEqual(epochStability(whole));
  });

  test.each([
    ["no-trials", []],
    ["none-finished", [trained([0.3, 0.2], { status: "diverged", error: 1 })]],
    ["too-few", [trained([0.3]), trained([0.2])]],
  ] as const)("%s: a reason", (reason, observations) => {
    expect(epochStability(observations)).toMatchObject({ found: false, reason });
  });
});

describe("rank stability over seeds", () => {
  const widths = [8, 16, 24, 32];
  const under = (seed: number, errors: readonly number[], name = "n"): Observation[] =>
    errors.map((error, i) => trained([error], { seed, spec: smallNetwork(`${name} ${i}`, widths[i]!) }));

  test("τ between the same networks, whatever they are called, and the noise of one network", () => {
    const finding = seedStability([
      ...under(1, [0.1, 0.2, 0.3, 0.4]),
      ...under(2, [0.1, 0.3, 0.2, 0.4], "m"),
    ]);
    if (!finding.found) throw new Error(finding.message);
    const [only] = finding.value;
    expect(finding.value).toHaveLength(1);
    expect(only!.seeds).toEqual([1, 2]);
    expect(only!.correlation).toMatchObject({ found: true, value: { n: 4 } });
    if (only!.correlation.found) expect(only!.correlation.value.tau).toBeCloseTo(4 / 6, 12);
    expect(only!.noise).toBeCloseTo(Math.sqrt((0.01 + 0.01) / 8), 12);
  });

  test("the seeds of one study's networks, which every other statistic takes together", () => {
    const repeated = [1, 2].flatMap((seed) =>
      under(seed, seed === 1 ? [0.1, 0.2, 0.3, 0.4] : [0.1, 0.3, 0.2, 0.4]).map((each, index) => ({
        ...each,
        index,
      })),
    );
    const networks = perNetwork(repeated);
    expect(networks).toHaveLength(4);
    expect(seedStability(networks)).toEqual(seedStability(repeated));
    expect(seedStability(networks)).toMatchObject({ found: true, value: [{ seeds: [1, 2] }] });
  });

  test("three seeds are three pairs", () => {
    const three = [1, 2, 3].flatMap((seed) => under(seed, [0.1, 0.2, 0.3]));
    const finding = seedStability(three);
    expect(finding.found && finding.value.map(({ seeds }) => seeds.join())).toEqual(["1,2", "1,3", "2,3"]);
  });

  test("no network under two seeds: a reason that says what to do", () => {
    expect(seedStability(under(1, [0.1, 0.2]))).toMatchObject({
      reason: "too-few",
      message: expect.stringContaining("Give the study several (repeats)"),
    });
    expect(seedStability([])).toMatchObject({ reason: "no-trials" });
    expect(seedStability([trained([0.3], { status: "failed", error: null })])).toMatchObject({
      reason: "none-finished",
    });
  });
});
