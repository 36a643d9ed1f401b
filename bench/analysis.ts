import { analyzePopulation } from "../src/engine/analysis/analyze.ts";
import { edfBand } from "../src/engine/analysis/bands.ts";
import { comparisonTable } from "../src/engine/analysis/comparison-table.ts";
import { metricValues } from "../src/engine/analysis/trials/metrics.ts";
import type { Observation } from "../src/engine/analysis/trials/observation.ts";
import { observeAll } from "../src/engine/analysis/trials/observation.ts";
import { createRng } from "../src/engine/math/rng.ts";
import { describeNetwork } from "../src/engine/network/describe.ts";
import { drawNetwork } from "../src/engine/spaces/population.ts";
import { type SpaceId, spaceIds } from "../src/engine/spaces/registry.ts";
import { smallImageSetting } from "../src/engine/spaces/setting.ts";
import { defaultRegime } from "../src/engine/training/regime.ts";

/**
 * Times of the statistics, in processor time of this process, the least of several rounds, so that other work on the
 * machine matters little. Networks are drawn from real spaces; their errors are made up from what they are, with noise.
 * One JSON line a measurement. `npx tsx bench/analysis.ts`
 */
const rounds = 7;

const regnets = trials("regnetx", 500);
const anynets = trials("anynetxa", 500);
const groups = spaceIds.slice(0, 8).map((space) => ({ name: space, observations: trials(space, 500) }));
const curves = spaceIds.slice(0, 10).map((space) => errorsOf(trials(space, 2_000)));

measure("all statistics of 500 RegNetX, e_fit left out", () =>
  analyzePopulation({ name: "RegNetX", observations: regnets }),
);
measure("all statistics of 500 AnyNetXA, e_fit left out", () =>
  analyzePopulation({ name: "AnyNetXA", observations: anynets }),
);
measure("e_fit of 500 RegNetX, none fitted before", () =>
  metricValues(
    regnets.map((each) => ({ ...each, spec: { ...each.spec } })),
    "fitError",
  ),
);
measure("comparison of 8 populations of 500, every pair", () => comparisonTable(groups));
measure("EDFs with DKW bands of 10 populations of 2,000", () => curves.map((errors) => edfBand(errors)));
measure("bootstrap band of 2,000", () => edfBand(curves[0]!, { method: "bootstrap" }));

function measure(name: string, work: () => unknown): void {
  const times = Array.from({ length: rounds }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  const ms = Number(Math.min(...times).toFixed(2));
  process.stdout.write(`${JSON.stringify({ bench: "analysis", name, ms, first: Math.round(times[0]!) })}\n`);
}

function errorsOf(observations: readonly Observation[]): number[] {
  return observations.flatMap(({ error }) => (error === null ? [] : [error]));
}

function trials(space: SpaceId, count: number): Observation[] {
  const rng = createRng(1, "made-up errors", space);
  return observeAll(
    Array.from({ length: count }, (_, index) => {
      const { spec, params } = drawNetwork({ space, setting: smallImageSetting, budget: {}, seed: 1 }, index);
      const network = { ...describeNetwork(spec), trainBytes: 0 };
      const best = Math.min(0.9, Math.max(0.05, 0.9 - 0.1 * Math.log10(network.flops) + 0.03 * rng.normal()));
      const epochs = [0.2, 0.05, 0].map((above, i) => ({
        epoch: i + 1,
        trainLoss: 1,
        trainError: best,
        testError: Math.min(1, best + above * rng.float()),
        learningRate: 0.1,
        ms: 1,
      }));
      const id = `${space}/${index}`;
      const error = Math.min(...epochs.map(({ testError }) => testError));
      const record = { id, study: "bench", population: space, index, params, network, seed: 1, epochs };
      return { ...record, regime: defaultRegime, status: "done" as const, error, ms: 1 };
    }),
  );
}
