import { median } from "../../sweep/halving.ts";
import { trialId } from "../../sweep/trial.ts";
import type { Observation } from "./observation.ts";

/**
 * One row a network: trials of one network with several seeds are taken together, so that no statistic counts a network
 * more than once. The row is that of the first seed, its error the median over the seeds that count (a diverged one as 1).
 */
export function perNetwork(observations: readonly Observation[]): Observation[] {
  const networks = new Map<string, Observation[]>();
  for (const observation of observations) {
    const key = trialId(observation.study, observation.population, observation.index);
    const known = networks.get(key);
    if (known) known.push(observation);
    else networks.set(key, [observation]);
  }
  return [...networks.values()].map(together);
}

const known = new WeakMap<
  Observation,
  { readonly seeds: readonly Observation[]; readonly row: Observation }
>();

function together(seeds: readonly Observation[]): Observation {
  const first = seeds[0]!;
  if (seeds.length === 1) return first;
  const before = known.get(first);
  if (before?.seeds.length === seeds.length && before.seeds.every((seed, i) => seed === seeds[i]))
    return before.row;
  const counted = seeds.filter(({ error }) => error !== null);
  const status = counted.find((each) => each.status === "done")?.status ?? counted[0]?.status ?? first.status;
  const error = counted.length > 0 ? median(counted.map((each) => each.error ?? 1)) : null;
  const ofSeeds = seeds.map((each) => ({ seed: each.seed, status: each.status, error: each.error }));
  const row = { ...first, status, error, seeds: counted.length, ofSeeds };
  known.set(first, { seeds, row });
  return row;
}

/**
 * What a reader must know of how these trials count, in sentences: several seeds, trials that rules cut beside
 * others that count (where none does, countedErrors says why).
 */
export function countingNotes(name: string, rows: readonly Observation[]): string[] {
  const repeated = rows.filter(({ seeds }) => seeds > 1).length;
  const cut = rows.filter(({ status }) => status === "cut");
  const counted = rows.filter(({ error }) => error !== null).length;
  const halved = cut.filter(({ reason }) => reason?.startsWith("halving") ?? false).length;
  return [
    ...(repeated > 0
      ? [
          `${name}: ${repeated} of ${rows.length} networks were trained with several seeds; each counts once, with the ` +
            "median of its errors.",
        ]
      : []),
    ...(cut.length > 0 && counted > 0
      ? [
          `${name}: ${cut.length} of ${rows.length} networks were cut before the last epoch ` +
            `(${halved} by halving) and are left out. What is shown is of the ` +
            `${counted === 1 ? "one that was" : `${counted} that were`} trained to the end, not of the whole population.`,
        ]
      : []),
  ];
}
