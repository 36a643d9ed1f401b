import { useMemo } from "react";
import type { ChartProps } from "../chart-props.ts";
import type { FigureContent, Unsized } from "../figure/figure.ts";
import { formatPercent } from "../format.ts";
import type { Metric } from "../metric.ts";
import { createAxis } from "../plot/axis.ts";
import { PlotFrame } from "../plot/plot-frame.tsx";
import type { EdfCurve } from "./edf-curve.ts";
import { EdfCurves } from "./edf-curves.tsx";
import { beyond, type EdfFocus, edfDomain } from "./edf-domain.ts";
import { EdfLabels, edfLabelRoom, edfLabelsFit, legendText } from "./edf-labels.tsx";
import { EdfReader } from "./edf-reader.tsx";

export interface EdfChartProps extends ChartProps {
  readonly curves: readonly EdfCurve[];
  /** Undefined is `usual`. */
  readonly focus?: EdfFocus | undefined;
  /** Trials to mark on the curves; undefined: the selected ones. */
  readonly marked?: ReadonlySet<string> | undefined;
}

/** Narrower than this, names and numbers go above the plot. */
const narrow = 520;

/** Above and below the plot: its titles and ticks. */
const around = 62;

const nothing: ReadonlySet<string> = new Set();
const errorMetric: Pick<Metric, "label" | "scale" | "unit"> = {
  label: "test error",
  scale: "percent",
  unit: "",
};
const shareMetric: Pick<Metric, "label" | "scale" | "unit"> = {
  label: "share of networks",
  scale: "plain",
  unit: "",
};

/** Share of networks with an error below x, one step curve a population, with bands, and labels at the curves. */
export function EdfChart(props: EdfChartProps) {
  const { size, curves, description, empty, selection, still = false, focus = "usual" } = props;
  const drawn = useMemo(() => curves.filter((curve) => curve.n > 0), [curves]);
  const [from, to] = useMemo(() => edfDomain(drawn, focus), [drawn, focus]);
  const x = useMemo(
    () =>
      createAxis({
        metric: errorMetric,
        domain: [from, to],
        values: [],
        count: Math.max(3, Math.floor(size.width / 90)),
      }),
    [from, to, size.width],
  );
  const wide = size.width >= narrow && edfLabelsFit(drawn.length, size.height - around);
  const legend = wide ? [] : drawn.map((curve) => ({ ...curve, label: legendText(curve, size.width) }));
  const outside = beyond(drawn, to);

  return (
    <PlotFrame
      size={size}
      x={x}
      y={shareAxis}
      description={description}
      legend={legend}
      right={wide && drawn.length > 0 ? edfLabelRoom(drawn) : 20}
      note={outside === 0 ? undefined : `${outside} beyond ${formatPercent(to, 0)}\u00a0→`}
      empty={drawn.length > 0 ? undefined : empty}
      answers={!still}
    >
      {(plot) =>
        drawn.length > 0 && (
          <>
            <EdfCurves
              curves={drawn}
              from={from}
              to={to}
              plot={plot}
              marked={props.marked ?? selection?.selected ?? nothing}
              hovered={selection?.hovered}
            />
            {wide && <EdfLabels curves={drawn} area={plot.area} />}
            {!still && <EdfReader curves={drawn} from={from} to={to} plot={plot} selection={selection} />}
          </>
        )
      }
    </PlotFrame>
  );
}

const shareAxis = {
  ...createAxis({ metric: shareMetric, domain: [0, 1], values: [], count: 4 }),
  ticks: [0, 0.25, 0.5, 0.75, 1],
};

export function edfFigure(props: Unsized<EdfChartProps>): FigureContent {
  return {
    kind: "edf",
    draw: (size, still) => <EdfChart {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "population", label: "Population" },
        { key: "error", label: "Test error", format: (value) => formatPercent(value, 2) },
        { key: "share_up_to", label: "Share of networks at or below", format: (value) => value.toFixed(3) },
        { key: "band_low", label: "Band, low", format: (value) => value.toFixed(3) },
        { key: "band_high", label: "Band, high", format: (value) => value.toFixed(3) },
      ],
      rows: props.curves.flatMap(({ label, rows, band }) =>
        rows.map((row, i) => [label, row.x, row.y, band[i]?.low, band[i]?.high]),
      ),
    }),
  };
}
