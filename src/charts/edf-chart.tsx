import { useId } from "react";
import { CartesianGrid, ComposedChart, XAxis, YAxis } from "recharts";
import styles from "./chart.module.css";
import { ChartCanvas } from "./chart-canvas.tsx";
import type { EdfCurve } from "./edf-curve.ts";
import { EdfCurves } from "./edf-curves.tsx";
import { EdfLabels, edfLabelWidth } from "./edf-labels.tsx";
import { EdfReader } from "./edf-reader.tsx";
import { formatPercent } from "./format.ts";
import { linearTicks, niceDomain } from "./ticks.ts";

export interface EdfChartProps {
  readonly curves: readonly EdfCurve[];
  /** What the picture shows, for those who cannot see it. */
  readonly description: string;
  /** The selected trial: a dot where its error meets its population's curve. */
  readonly selected?: { readonly curve: string; readonly x: number } | undefined;
}

/** Narrower than this, the labels go under the chart; the same number is in chart.module.css. */
const narrow = 520;

/** Share of networks with an error below x, one step curve a population, with bands and labels at the curves. */
export function EdfChart({ curves, description, selected }: EdfChartProps) {
  const descriptionId = useId();
  const drawn = curves.filter((curve) => curve.n > 0);
  const [from, to] = errorDomain(drawn);

  return (
    <figure className={styles.figure} aria-describedby={descriptionId} data-chart="edf">
      <ChartCanvas>
        {({ width, height }) => {
          const wide = width >= narrow && drawn.length > 0;
          const ticks = linearTicks(from, to, Math.max(3, Math.floor(width / 90)));
          const digits = ticks.every((tick) => Math.abs(100 * tick - Math.round(100 * tick)) < 1e-6) ? 0 : 1;
          return (
            <ComposedChart
              width={width}
              height={height}
              data={corners(from, to)}
              margin={{ top: 10, right: wide ? edfLabelWidth : 20, bottom: 20, left: 0 }}
              accessibilityLayer={false}
            >
              <CartesianGrid vertical={false} stroke="var(--grid)" />
              <XAxis
                type="number"
                dataKey="x"
                domain={[from, to]}
                ticks={ticks}
                allowDataOverflow
                tickFormatter={(value: number) => formatPercent(value, digits)}
                tickLine={false}
                axisLine={false}
                height={22}
                interval={0}
                label={{ value: "test error", position: "bottom", offset: 4 }}
              />
              <YAxis
                type="number"
                dataKey="y"
                domain={[0, 1]}
                ticks={[0, 0.25, 0.5, 0.75, 1]}
                tickLine={false}
                axisLine={false}
                width={40}
                interval={0}
              />
              <EdfCurves curves={drawn} from={from} to={to} selected={selected} />
              {wide && <EdfLabels curves={drawn} />}
              {drawn.length > 0 && <EdfReader curves={drawn} from={from} to={to} />}
            </ComposedChart>
          );
        }}
      </ChartCanvas>
      {drawn.length > 0 && <EdfLegend curves={drawn} />}
      <figcaption id={descriptionId} className={styles.hidden}>
        {description}
      </figcaption>
    </figure>
  );
}

/** Recharts lays an axis out only where it finds data; the curves bring their own, so two corners stand in. */
function corners(from: number, to: number) {
  return [
    { x: from, y: 0 },
    { x: to, y: 1 },
  ];
}

/** The range of all errors with a little room, on round numbers. Diverged trials, counted as 1, do not stretch it. */
function errorDomain(curves: readonly EdfCurve[]): [number, number] {
  const errors = curves.flatMap(({ rows }) => rows.map(({ x }) => x)).filter((x) => x < 1);
  if (errors.length === 0) return [0, 1];
  const lo = errors.reduce((least, x) => Math.min(least, x));
  const hi = errors.reduce((most, x) => Math.max(most, x));
  const room = Math.max(0.004, 0.03 * (hi - lo));
  const [from, to] = niceDomain(lo - room, hi + room, 12);
  return [Math.max(0, from), Math.min(1, to)];
}

function EdfLegend({ curves }: { readonly curves: readonly EdfCurve[] }) {
  return (
    <table className={styles.legend}>
      <thead>
        <tr>
          <th scope="col">
            <span className={styles.hidden}>population</span>
          </th>
          <th scope="col">n</th>
          <th scope="col">min</th>
          <th scope="col">mean</th>
        </tr>
      </thead>
      <tbody>
        {curves
          .toSorted((a, b) => a.mean - b.mean)
          .map((curve) => (
            <tr key={curve.id}>
              <th scope="row" style={{ color: curve.color }}>
                {curve.label}
              </th>
              <td>{curve.n}</td>
              <td>{formatPercent(curve.min)}</td>
              <td>{formatPercent(curve.mean)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
