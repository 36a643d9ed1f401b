import styles from "./chart.module.css";
import { ChartCanvas } from "./chart-canvas.tsx";
import { formatSi } from "./format.ts";
import { decades } from "./ticks.ts";

export interface HistogramProps {
  /** Ends of the bins, on a log axis; one more than there are counts. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** The bin to show in colour, or the side on which the value lies outside all of them. */
  readonly marked: number | "below" | "above";
  readonly color: string;
  /** What the picture says, for those who cannot see it. */
  readonly label: string;
  readonly height?: number;
}

const axisHeight = 16;
const gap = 1;

/** Counts in bins of equal ratio, with the bin of one value marked. */
export function Histogram({ edges, counts, marked, color, label, height = 74 }: HistogramProps) {
  const base = height - axisHeight;
  const most = Math.max(1, ...counts);
  const [from = 1, to = 10] = [edges[0], edges.at(-1)];
  return (
    <figure className={styles.figure} style={{ height }} data-chart="histogram">
      <ChartCanvas label={label}>
        {({ width }) => {
          const slot = width / Math.max(1, counts.length);
          const x = (value: number) => (Math.log(value / from) / Math.log(to / from)) * width;
          return (
            <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
              {counts.map((count, bin) => {
                if (count === 0 && bin !== marked) return null;
                // A bin that holds one of a thousand is still there to see.
                const bar = Math.max(count === 0 ? 0 : 1.5, (count / most) * (base - 4));
                return (
                  <rect
                    key={edges[bin]}
                    x={bin * slot + gap / 2}
                    y={base - Math.max(bar, bin === marked ? 4 : 0)}
                    width={Math.max(1, slot - gap)}
                    height={Math.max(bar, bin === marked ? 4 : 0)}
                    rx={Math.min(1.5, slot / 4)}
                    style={{ fill: bin === marked ? color : "var(--bin)" }}
                  />
                );
              })}
              <line x1={0} x2={width} y1={base + 0.5} y2={base + 0.5} stroke="var(--line)" />
              {decades(from, to).map((value) => (
                <text key={value} y={height - 3} {...tickPlace(x(value), width)}>
                  {tickText(value)}
                </text>
              ))}
              {marked === "below" && <path d={`M7 ${base - 12}l-6 5l6 5z`} style={{ fill: color }} />}
              {marked === "above" && (
                <path d={`M${width - 7} ${base - 12}l6 5l-6 5z`} style={{ fill: color }} />
              )}
            </svg>
          );
        }}
      </ChartCanvas>
    </figure>
  );
}

/** 1 M, not 1.00 M. */
function tickText(value: number): string {
  return formatSi(value).replace(/\.0+(?=\u00a0)/, "");
}

/** Half the width of the widest tick. */
const tickRoom = 20;

/** Ticks at the ends stay inside. */
function tickPlace(x: number, width: number): { x: number; textAnchor: "start" | "middle" | "end" } {
  if (x < tickRoom) return { x: 0, textAnchor: "start" };
  return x > width - tickRoom ? { x: width, textAnchor: "end" } : { x, textAnchor: "middle" };
}
