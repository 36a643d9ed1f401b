import styles from "./sparkline.module.css";

export interface SparklineProps {
  /** In the order of x. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly height?: number;
}

/** A curve without axes: from the first x to the last, from 0 to the highest y, as wide as there is room. */
export function Sparkline({ points, label, height = 36 }: SparklineProps) {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const highest = Math.max(...points.map(({ y }) => y));
  const x = (value: number) => (100 * (value - first.x)) / (last.x - first.x || 1);
  const y = (value: number) => 100 - (96 * value) / (highest || 1);
  const path = points.map((point, i) => `${i === 0 ? "M" : "L"}${round(x(point.x))} ${round(y(point.y))}`);
  return (
    <svg
      className={styles.sparkline}
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      width="100%"
      height={height}
      role="img"
      aria-label={label}
    >
      <path d={path.join("")} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
