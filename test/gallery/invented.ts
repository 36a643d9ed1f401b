import type { LiveTrial } from "../../src/app/study/state/run-store.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { drawTrial } from "../../src/engine/sweep/population.ts";
import { type Population, parseStudy, type Study } from "../../src/engine/sweep/study.ts";
import type { EpochRecord, Trial } from "../../src/engine/sweep/trial.ts";

/** Real networks of real spaces with made-up errors: enough to look at a page, nothing to believe in. */
export const largeStudy: Study = parseStudy({
  version: 1,
  name: "From AnyNet to RegNet",
  seed: 7,
  populations: (["anynetxa", "anynetxc", "anynetxe", "regnetx"] as const).map((space) => ({
    name: { anynetxa: "AnyNetXA", anynetxc: "AnyNetXC", anynetxe: "AnyNetXE", regnetx: "RegNetX" }[space],
    space,
    count: 48,
    budget: { flops: "1M..4M" },
  })),
  regime: { images: 10_000, epochs: 5 },
});

const levels: Readonly<Record<string, readonly [mean: number, spread: number]>> = {
  anynetxa: [0.158, 0.023],
  anynetxc: [0.154, 0.021],
  anynetxe: [0.139, 0.016],
  regnetx: [0.129, 0.0095],
};

export function inventedTrials(study: Study, share: number, status?: "diverged"): Map<string, Trial> {
  const trials = study.populations.flatMap((population) =>
    Array.from({ length: Math.round(population.count * share) }, (_, index) =>
      inventedTrial(study, population, index, status),
    ),
  );
  return new Map(trials.map((trial) => [trial.id, trial]));
}

/** The next network of the last population, in its second epoch. */
export function inventedLive(study: Study, trials: ReadonlyMap<string, Trial>): LiveTrial {
  const population = study.populations.at(-1)!;
  const index = [...trials.values()].filter((trial) => trial.population === population.name).length;
  const { epochs } = inventedTrial(study, population, index);
  return { ...drawn(study, population, index), epochs: epochs.slice(0, 2) };
}

function inventedTrial(study: Study, population: Population, index: number, forced?: "diverged"): Trial {
  const rng = createRng(3, population.name, index);
  const [mean, spread] = levels["space" in population ? population.space : ""] ?? [0.15, 0.02];
  const { trialId, population: name, params, network, draws } = drawn(study, population, index);
  const status = forced ?? (rng.float() < 0.02 ? "diverged" : "done");
  const final = Math.max(0.101, mean + spread * rng.normal());
  const epochs: EpochRecord[] = Array.from({ length: study.regime.epochs }, (_, i) => {
    const rest = 0.35 * Math.exp(-1.1 * (i + 1));
    return {
      epoch: i + 1,
      trainLoss: 0.6 + rest,
      trainError: final * 0.93 + 1.2 * rest,
      testError: final + rest - 0.35 * Math.exp(-1.1 * study.regime.epochs),
      learningRate: 0.1,
      ms: 800,
    };
  });
  return {
    id: trialId,
    study: "invented",
    population: name,
    index,
    params,
    network,
    draws,
    seed: 7,
    regime: study.regime,
    status,
    ...(status === "diverged" ? { reason: "the loss became NaN in epoch 1, step 23" } : {}),
    epochs: status === "diverged" ? [] : epochs,
    error: status === "diverged" ? 1 : final,
    ms: 3000 + 2500 * rng.float(),
    device: "wasm relaxed-simd, 1 thread",
    version: "0.1.0",
  };
}

function drawn(study: Study, population: Population, index: number) {
  return drawTrial({ studyId: "invented", seed: study.seed, regime: study.regime }, population, index);
}
