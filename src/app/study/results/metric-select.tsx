import { NativeSelect } from "@mantine/core";
import type { ObservedMetric } from "../../../engine/analysis/trials/metrics.ts";
import styles from "./results.module.css";

export interface MetricSelectProps {
  readonly label: string;
  readonly metrics: readonly ObservedMetric[];
  readonly value: string;
  readonly onChange: (key: string) => void;
}

/** One of the metrics that the trials have. */
export function MetricSelect({ label, metrics, value, onChange }: MetricSelectProps) {
  const known = metrics.some(({ key }) => key === value);
  return (
    <NativeSelect
      className={styles.select}
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      data={[
        ...(known ? [] : [{ value, label: value }]),
        ...metrics.map((metric) => ({ value: metric.key, label: metric.label })),
      ]}
    />
  );
}
