import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { type LogHistogram, logHistogram } from "../../../engine/analysis/histogram.ts";
import type { PopulationOf } from "../families/family.ts";
import { whenIdle } from "../model/idle.ts";

export const sampleSize = 1000;
const bins = 40;

export const costKeys = ["flops", "params", "acts"] as const;
export type CostKey = (typeof costKeys)[number];

export interface CostSample {
  readonly ascending: Float64Array;
  readonly histogram: LogHistogram;
}

export type Sample =
  | { readonly state: "drawing"; readonly last: Readonly<Record<CostKey, CostSample>> | undefined }
  | { readonly state: "drawn"; readonly costs: Readonly<Record<CostKey, CostSample>> }
  | { readonly state: "impossible"; readonly message: string };

/** Slow populations (a width is solved for every network) show what there is this often, milliseconds. */
const showEvery = 500;

/**
 * Draws the population around the network while the page is idle. The last sample stays until the next is complete, or
 * for a while under way.
 */
export function useSample(population: PopulationOf, seed: number): Sample {
  const [sample, setSample] = useState<Sample>({ state: "drawing", last: undefined });
  const wanted = `${seed} ${population.key}`;
  // A moving resolution asks for many populations and needs the last.
  const [asked] = useDebouncedValue(wanted, 120);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` stands for the population and its seed
  useEffect(() => {
    if (asked !== wanted) return;
    setSample((old) => ({ state: "drawing", last: lastOf(old) }));
    const drawn = Object.fromEntries(costKeys.map((key) => [key, new Float64Array(sampleSize)])) as Record<
      CostKey,
      Float64Array
    >;
    let index = 0;
    let shownAt = performance.now();
    const summed = () =>
      Object.fromEntries(costKeys.map((key) => [key, summary(drawn[key].subarray(0, index))])) as Record<
        CostKey,
        CostSample
      >;
    return whenIdle(() => {
      try {
        const { cost } = population.draw(seed, index);
        for (const key of costKeys) drawn[key][index] = cost[key];
      } catch (error) {
        setSample({ state: "impossible", message: error instanceof Error ? error.message : String(error) });
        return false;
      }
      index += 1;
      if (index === sampleSize) {
        setSample({ state: "drawn", costs: summed() });
        return false;
      }
      if (performance.now() > shownAt + showEvery) {
        shownAt = performance.now();
        setSample({ state: "drawing", last: summed() });
      }
      return true;
    });
  }, [asked]);
  return sample;
}

function lastOf(sample: Sample) {
  if (sample.state === "drawn") return sample.costs;
  return sample.state === "drawing" ? sample.last : undefined;
}

function summary(costs: Float64Array): CostSample {
  const ascending = costs.toSorted();
  return { ascending, histogram: logHistogram([...ascending], bins) };
}
