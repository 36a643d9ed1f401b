import { Button } from "@mantine/core";
import { memo, useMemo } from "react";
import { formatSi } from "../../../charts/format.ts";
import { Histogram } from "../../../charts/histogram.tsx";
import { binOf, shareBelow } from "../../../engine/analysis/histogram.ts";
import { Card } from "../../ui/card.tsx";
import { useExplore, useExploreStore, useNetwork } from "../state/context.tsx";
import { costLabels } from "./cost-card.tsx";
import styles from "./numbers.module.css";
import { type CostKey, type CostSample, costKeys, sampleSize, useSample } from "./use-sample.ts";

/** Where the network lies among networks of its population. */
export function PopulationCard() {
  const family = useExplore((state) => state.family);
  const point = useExplore((state) => state.point);
  const seed = useExplore((state) => state.seed);
  const { cost } = useNetwork();
  const population = useMemo(() => family.population(point), [family, point]);
  const sample = useSample(population, seed);
  const costs =
    sample.state === "drawn" ? sample.costs : sample.state === "drawing" ? sample.last : undefined;
  return (
    <Card
      title={`Among ${sampleSize.toLocaleString("en-US")} samples`}
      className={styles.growing}
      actions={<NewSample />}
    >
      <p className={styles.population}>
        {population.label}, seed {seed}
      </p>
      {sample.state === "impossible" && (
        <p className={styles.impossible} role="alert">
          {sample.message}
        </p>
      )}
      <div className={styles.histograms} data-state={sample.state}>
        {sample.state !== "impossible" &&
          costKeys.map((key) => (
            <CostHistogram key={key} metric={key} value={cost[key]} sample={costs?.[key]} />
          ))}
      </div>
    </Card>
  );
}

const NewSample = memo(function NewSample() {
  const store = useExploreStore();
  return (
    <Button variant="subtle" size="compact-xs" onClick={() => store.getState().resample()}>
      New sample
    </Button>
  );
});

interface CostHistogramProps {
  readonly metric: CostKey;
  readonly value: number;
  readonly sample: CostSample | undefined;
}

function CostHistogram({ metric, value, sample }: CostHistogramProps) {
  const { label } = costLabels[metric];
  const place = sample === undefined ? "drawing …" : placeText(shareBelow(sample.ascending, value));
  return (
    <div data-metric={metric}>
      <p className={styles.histogramHead}>
        <span>{label}</span>
        <output className={styles.place}>{place}</output>
        <b>{formatSi(value)}</b>
      </p>
      {sample === undefined ? (
        <div className={styles.empty} />
      ) : (
        <Histogram
          {...sample.histogram}
          marked={markOf(sample, value)}
          color="var(--accent)"
          label={`${label} of the samples, from ${formatSi(sample.ascending[0]!)} to ${formatSi(sample.ascending.at(-1)!)}; this network has ${formatSi(value)}: ${place}`}
          height={66}
        />
      )}
    </div>
  );
}

function markOf({ histogram: { edges } }: CostSample, value: number): number | "below" | "above" {
  return binOf(edges, value) ?? (value < edges[0]! ? "below" : "above");
}

/** "more than 62%": the percentile in words. */
function placeText(share: number): string {
  if (share === 0) return "less than all";
  if (share === 1) return "more than all";
  return `more than ${share < 0.01 || share > 0.99 ? (100 * share).toFixed(1) : Math.round(100 * share)}%`;
}
