import { Button, NumberInput, Popover } from "@mantine/core";
import { useState } from "react";
import { formatMetric } from "../../../charts/metric.ts";
import { isEveryTrial, type TrialFilter } from "../../../engine/analysis/trials/filter.ts";
import {
  metricsOf,
  metricValue,
  type ObservedMetric,
  observedMetric,
} from "../../../engine/analysis/trials/metrics.ts";
import type { Observation } from "../../../engine/analysis/trials/observation.ts";
import type { Range } from "../../../engine/sweep/quantity.ts";
import { CloseIcon, PlusIcon } from "../../ui/icons.tsx";
import { useServices, useView } from "../state/services.tsx";
import { MetricSelect } from "./metric-select.tsx";
import styles from "./results.module.css";

const statuses = ["done", "diverged", "failed", "cut", "waits", "stopped"] as const;

interface Chip {
  readonly key: string;
  readonly label: string;
  readonly without: TrialFilter;
}

/** Conditions of a filter, each with the filter that is left without it. */
export function chipsOf(filter: TrialFilter): Chip[] {
  const without = <K extends "populations" | "statuses">(key: K, value: string): TrialFilter => ({
    ...filter,
    [key]: filter[key].filter((one) => one !== value),
  });
  return [
    ...filter.populations.map((name) => ({
      key: `population ${name}`,
      label: name,
      without: without("populations", name),
    })),
    ...filter.statuses.map((status) => ({
      key: `status ${status}`,
      label: status,
      without: without("statuses", status),
    })),
    ...Object.entries(filter.ranges).map(([key, range]) => {
      const { [key]: _, ...ranges } = filter.ranges;
      return { key, label: rangeLabel(key, range), without: { ...filter, ranges } };
    }),
  ];
}

function rangeLabel(key: string, { min, max }: Range): string {
  const metric = observedMetric(key);
  if (metric === undefined) return key;
  const [low, high] = [min, max].map((end) => (end === undefined ? "" : formatMetric(metric, end)));
  if (low === "") return `${metric.label} ≤ ${high}`;
  return high === "" ? `${metric.label} ≥ ${low}` : `${metric.label} ${low}–${high}`;
}

/** What is looked at: removable conditions, and how to add one. */
export function FilterBar({
  observations,
  populations,
}: {
  /** All recorded trials, before the filter. */
  readonly observations: readonly Observation[];
  readonly populations: readonly string[];
}) {
  const { actions } = useServices();
  const filter = useView((state) => state.filter);
  const marked = useView((state) => state.marked);
  const [open, setOpen] = useState(false);
  if (observations.length === 0 && isEveryTrial(filter)) return null;
  return (
    <section className={styles.filters} aria-label="Filter">
      <Popover
        opened={open}
        onChange={setOpen}
        position="bottom-start"
        shadow="md"
        trapFocus
        portalProps={{ target: "main" }}
      >
        <Popover.Target>
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<PlusIcon size={12} />}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            Filter
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={styles.filterForm} aria-label="Filter the trials">
          <FilterForm observations={observations} populations={populations} filter={filter} />
        </Popover.Dropdown>
      </Popover>
      {chipsOf(filter).map(({ key, label, without }) => (
        <button
          key={key}
          type="button"
          className={styles.chip}
          aria-label={`${label}: remove this filter`}
          onClick={() => actions.setFilter(without)}
        >
          {label}
          <CloseIcon size={12} />
        </button>
      ))}
      {marked.size > 0 && (
        <button
          type="button"
          className={styles.chip}
          data-kind="marks"
          aria-label={`${marked.size} marked: clear`}
          onClick={() => actions.clear()}
        >
          {marked.size} marked
          <CloseIcon size={12} />
        </button>
      )}
    </section>
  );
}

interface FilterFormProps {
  readonly observations: readonly Observation[];
  readonly populations: readonly string[];
  readonly filter: TrialFilter;
}

function FilterForm({ observations, populations, filter }: FilterFormProps) {
  const { actions } = useServices();
  const toggle = (key: "populations" | "statuses", value: string) => {
    const values: readonly string[] = filter[key];
    const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
    actions.setFilter({ ...filter, [key]: next });
  };
  const metrics = metricsOf(observations).filter(({ key }) => key !== "fitError");
  const [key, setKey] = useState("error");
  const metric = observedMetric(key);
  return (
    <>
      {populations.length > 1 && (
        <Checks
          title="Populations"
          all={populations}
          chosen={filter.populations}
          onToggle={(name) => toggle("populations", name)}
        />
      )}
      <Checks
        title="Status"
        all={statuses}
        chosen={filter.statuses}
        onToggle={(status) => toggle("statuses", status)}
      />
      <fieldset className={styles.range}>
        <legend>Range</legend>
        <MetricSelect label="Metric of the range" metrics={metrics} value={key} onChange={setKey} />
        {metric !== undefined && (
          <RangeFields
            key={key}
            metric={metric}
            observations={observations}
            range={filter.ranges[key] ?? {}}
            onChange={(range) => {
              const { [key]: _, ...others } = filter.ranges;
              const open = range.min === undefined && range.max === undefined;
              actions.setFilter({ ...filter, ranges: open ? others : { ...others, [key]: range } });
            }}
          />
        )}
      </fieldset>
    </>
  );
}

interface ChecksProps {
  readonly title: string;
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly onToggle: (value: string) => void;
}

function Checks({ title, all, chosen, onToggle }: ChecksProps) {
  return (
    <fieldset className={styles.checks}>
      <legend>{title}</legend>
      {all.map((value) => (
        <label key={value}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => onToggle(value)} />
          {value}
        </label>
      ))}
    </fieldset>
  );
}

interface RangeFieldsProps {
  readonly metric: ObservedMetric;
  readonly observations: readonly Observation[];
  readonly range: Range;
  readonly onChange: (range: Range) => void;
}

/** Both ends in the metric's own unit; errors in percent. An empty end is open. */
function RangeFields({ metric, observations, range, onChange }: RangeFieldsProps) {
  const factor = metric.scale === "percent" ? 100 : 1;
  const values = observations.flatMap((one) => metricValue(one, metric.key) ?? []);
  const [low, high] = [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
  const field = (end: "min" | "max", usual: number) => (
    <NumberInput
      aria-label={`${end === "min" ? "Least" : "Most"} ${metric.label}`}
      placeholder={Number.isFinite(usual) ? `${Number((factor * usual).toPrecision(4))}` : ""}
      value={range[end] === undefined ? "" : Number((factor * range[end]).toPrecision(12))}
      suffix={metric.scale === "percent" ? "%" : ""}
      thousandSeparator=","
      onChange={(value) => {
        const { [end]: _, ...other } = range;
        const next: Range = typeof value === "number" ? { ...other, [end]: value / factor } : other;
        // While the second end is being typed it may still be below the first: not a range yet.
        if (next.min !== undefined && next.max !== undefined && next.min > next.max) return;
        onChange(next);
      }}
    />
  );
  return (
    <div className={styles.ends}>
      {field("min", low)}
      <span>to</span>
      {field("max", high)}
    </div>
  );
}
