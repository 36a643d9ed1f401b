import { formatDuration, formatPercent } from "../../../charts/format.ts";
import { formatMetric } from "../../../charts/metric.ts";
import { type Fact, Facts } from "../../ui/facts.tsx";
import { MathSymbol } from "../../ui/symbol.tsx";
import { costMetrics, paramMetrics, type TrialMetric } from "../metrics.ts";
import { partialErrorText } from "../trials/partial-error-text.ts";
import type { TrialRow } from "../trials/trial-rows.ts";

const longLabels: Readonly<Record<string, string>> = { params: "Parameters", acts: "Activations" };

/** What the network costs, what it reached, and the numbers it was drawn from. */
export function NetworkFacts({ row }: { readonly row: TrialRow }) {
  const facts: Fact[] = [
    {
      key: "error",
      label: "Test error",
      hint: partialErrorText(row) ?? "lowest of all epochs",
      value: errorText(row),
    },
    ...costMetrics.map((metric) => ({
      key: metric.key,
      label: longLabels[metric.key] ?? metric.label,
      hint: metric.hint,
      value: formatMetric(metric, metric.of(row)),
    })),
    ...symbolFacts(row),
    ...(row.ms === undefined
      ? []
      : [{ key: "ms", label: "Trained in", hint: row.device ?? "", value: formatDuration(row.ms) }]),
  ];
  return <Facts facts={facts} />;
}

/** `22.5%`, of a trial that was cut `22.5%, cut`; the status of one that has none. */
function errorText({ status, error }: TrialRow): string {
  if (error === undefined) return status;
  return status === "cut" ? `${formatPercent(error)}, cut` : formatPercent(error);
}

/** `d, w₀, wₐ, wₘ  9, 16, 11.3, 2.31` and `g, b  8, 1`, as the papers list them. */
function symbolFacts(row: TrialRow): Fact[] {
  const groups = [
    ["depth", "initialWidth", "slope", "widthMultiplier"],
    ["groupWidth", "bottleneckRatio"],
  ];
  return groups.flatMap((keys) => {
    const known = keys
      .map((key) => paramMetrics.find((metric) => metric.key === key))
      .filter((metric): metric is TrialMetric => metric?.of(row) !== undefined);
    if (known.length === 0) return [];
    return [
      {
        key: keys.join(),
        label: known.map((metric, i) => (
          <span key={metric.key} title={`${metric.label}: ${metric.hint}`}>
            {i > 0 && ", "}
            <MathSymbol text={metric.symbol ?? metric.label} />
          </span>
        )),
        hint: known.map((metric) => metric.label.toLowerCase()).join(", "),
        value: known.map((metric) => formatMetric(metric, metric.of(row))).join(", "),
      },
    ];
  });
}
