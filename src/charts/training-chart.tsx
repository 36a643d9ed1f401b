import { CartesianGrid, ComposedChart, Line, usePlotArea, useYAxisScale, XAxis, YAxis } from "recharts";
import styles from "./chart.module.css";
import { ChartCanvas } from "./chart-canvas.tsx";
import { formatPercent } from "./format.ts";
import { spread } from "./spread.ts";
import { linearTicks, niceAxis } from "./ticks.ts";

/** Errors after an epoch, as fractions. */
export interface TrainingRow {
  /** From 1. */
  readonly epoch: number;
  readonly trainError: number;
  readonly testError: number;
  /** Where images are held out for validation. */
  readonly validationError?: number;
}

export interface TrainingChartProps {
  readonly rows: readonly TrainingRow[];
  /** Epochs of the regime: the axis does not grow while the network trains. */
  readonly epochs: number;
  readonly color: string;
  readonly height?: number;
}

/** Train and test error per epoch, and the validation error, dashed, where there is one. */
export function TrainingChart({ rows, epochs, color, height = 130 }: TrainingChartProps) {
  const values = rows
    .flatMap((row) => [row.trainError, row.testError, row.validationError ?? Number.NaN])
    .filter(Number.isFinite);
  const validated = rows.some(({ validationError }) => validationError !== undefined);
  const { domain, ticks } = niceAxis(Math.min(1, ...values), Math.max(0, ...values), 3);
  const spoken = rows
    .map(({ epoch, trainError, testError, validationError }) => {
      const held = validationError === undefined ? "" : `, validation ${formatPercent(validationError)}`;
      return `epoch ${epoch}: train ${formatPercent(trainError)}, test ${formatPercent(testError)}${held}`;
    })
    .join("; ");

  return (
    <figure className={styles.figure} style={{ height }} data-chart="training">
      <ChartCanvas label={`Error per epoch. ${spoken}`}>
        {({ width, height: inner }) => (
          <ComposedChart
            width={width}
            height={inner}
            data={[...rows]}
            margin={{ top: 8, right: 36, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--grid)" />
            <XAxis
              type="number"
              dataKey="epoch"
              domain={[1, Math.max(2, epochs)]}
              ticks={linearTicks(1, Math.max(2, epochs), 8).filter(Number.isInteger)}
              tickLine={false}
              axisLine={false}
              height={18}
              interval={0}
              padding={{ left: 8, right: 8 }}
            />
            <YAxis
              type="number"
              domain={domain}
              ticks={ticks}
              tickFormatter={(value: number) => `${Number((100 * value).toPrecision(3))}%`}
              tickLine={false}
              axisLine={false}
              width={40}
              allowDataOverflow
              interval={0}
            />
            <Line
              dataKey="trainError"
              stroke="var(--ink-3)"
              strokeWidth={1.5}
              dot={{ r: 2, fill: "var(--ink-3)", stroke: "none" }}
              activeDot={false}
              isAnimationActive={false}
            />
            <Line
              dataKey="testError"
              stroke={color}
              strokeWidth={2}
              dot={{ r: 2.75, fill: color, stroke: "none" }}
              activeDot={false}
              isAnimationActive={false}
            />
            {validated && (
              <Line
                dataKey="validationError"
                stroke={color}
                strokeWidth={1.5}
                strokeDasharray="3 3"
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
            )}
            <EndLabels last={rows.at(-1)} color={color} />
          </ComposedChart>
        )}
      </ChartCanvas>
    </figure>
  );
}

function EndLabels({ last, color }: { readonly last: TrainingRow | undefined; readonly color: string }) {
  const area = usePlotArea();
  const yScale = useYAxisScale();
  if (area === undefined || yScale === undefined || last === undefined) return null;
  const labels = [
    { text: "train", y: yScale(last.trainError) ?? 0, fill: "var(--ink-2)" },
    { text: "test", y: yScale(last.testError) ?? 0, fill: color },
    ...(last.validationError === undefined
      ? []
      : [{ text: "valid.", y: yScale(last.validationError) ?? 0, fill: color }]),
  ].toSorted((a, b) => a.y - b.y);
  const places = spread(
    labels.map((label) => label.y),
    13,
    area.y,
    area.y + area.height,
  );
  return (
    <g>
      {labels.map((label, i) => (
        <text
          key={label.text}
          x={area.x + area.width + 2}
          y={(places[i] ?? label.y) + 4}
          className={styles.name}
          style={{ fill: label.fill }}
        >
          {label.text}
        </text>
      ))}
    </g>
  );
}
