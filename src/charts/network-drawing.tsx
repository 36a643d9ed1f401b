import type { NetworkSpec } from "../engine/network/spec.ts";
import styles from "./chart.module.css";
import { ChartCanvas } from "./chart-canvas.tsx";
import { layoutNetwork, networkParts, type StageGroup } from "./network-layout.ts";

export interface NetworkDrawingProps {
  readonly spec: NetworkSpec;
  /** The population's colour. */
  readonly color: string;
  readonly height?: number;
  /** Pixels of the widest stage's bars where there is room for more. */
  readonly thickest?: number;
}

const labelHeight = 34;
/** Of labels such as "16×1024", pixels. */
const characterWidth = 6.8;
/** What a slot keeps for its label, pixels a character: labels may come close before bars grow thin. */
const slotCharacterWidth = 6;

/** A network drawn: height is the side of the map, thickness the channels, one bar a block. */
export function NetworkDrawing({ spec, color, height = 132, thickest }: NetworkDrawingProps) {
  const base = height - labelHeight;
  const labelWidth =
    Math.max(...networkParts(spec).map((part) => stageLabel(part).length)) * slotCharacterWidth + 2;
  return (
    <figure className={styles.figure} style={{ height }} data-chart="network">
      <ChartCanvas>
        {({ width }) => (
          <svg
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={describe(spec)}
            className={styles.network}
          >
            {layoutNetwork(spec, width, base, labelWidth, thickest).groups.map((group, i) => (
              <StageBars
                key={group.name}
                group={group}
                base={base}
                width={width}
                color={i === 0 ? "var(--ink-3)" : color}
                opacity={0.45 + (0.5 * i) / spec.stages.length}
              />
            ))}
          </svg>
        )}
      </ChartCanvas>
    </figure>
  );
}

interface StageBarsProps {
  readonly group: StageGroup;
  /** Of the whole drawing: labels stay inside. */
  readonly width: number;
  /** y of the ground the bars stand on. */
  readonly base: number;
  readonly color: string;
  readonly opacity: number;
}

function StageBars({ group, base, width, color, opacity }: StageBarsProps) {
  const { name, depth, channels, side, bars } = group;
  const half = (stageLabel(group).length * characterWidth) / 2;
  const middle = Math.min(width - half, Math.max(half, group.middle));
  return (
    <g>
      <title>{`${name}: ${depth} × ${channels} channels on ${side}×${side} maps`}</title>
      {bars.map((bar) => (
        <rect
          key={bar.x}
          className={styles.bar}
          x={bar.x}
          y={base - bar.height}
          width={bar.width}
          height={bar.height}
          rx={Math.min(2.5, bar.width / 3)}
          style={{ fill: color }}
          opacity={opacity}
        />
      ))}
      <text x={middle} y={base + 16} textAnchor="middle">
        {stageLabel(group)}
      </text>
      <text x={middle} y={base + 29} textAnchor="middle" className={styles.sub}>
        {side}²
      </text>
    </g>
  );
}

function stageLabel({ depth, channels }: { readonly depth: number; readonly channels: number }): string {
  return `${depth}×${channels}`;
}

function describe(spec: NetworkSpec): string {
  const parts = networkParts(spec).map(
    ({ name, depth, channels, side }) => `${name} ${depth} × ${channels} channels, map ${side}×${side}`,
  );
  return `Network, blocks × channels: ${parts.join("; ")}`;
}
