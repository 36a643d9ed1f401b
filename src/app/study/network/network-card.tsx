import { SegmentedControl } from "@mantine/core";
import { memo, type ReactNode, useMemo, useState } from "react";
import { NetworkDrawing } from "../../../charts/network-drawing.tsx";
import { TrainingChart } from "../../../charts/training-chart.tsx";
import { WidthChart } from "../../../charts/width-chart.tsx";
import { MathSymbol } from "../../ui/symbol.tsx";
import type { TrialRow } from "../trials/trial-rows.ts";
import styles from "./network.module.css";
import { NetworkFacts } from "./network-facts.tsx";
import { StageTable } from "./stage-table.tsx";
import { widthRows } from "./width-rows.ts";

export interface NetworkCardProps {
  readonly row: TrialRow | undefined;
  /** The user did not choose it: it is the best so far. */
  readonly isBest: boolean;
  /** Below the facts of a network: where else it can be seen. */
  readonly children?: ReactNode;
}

/** One network: drawn, its widths, how it trained, what it costs. */
export const NetworkCard = memo(function NetworkCard({ row, isBest, children }: NetworkCardProps) {
  return (
    <section className={styles.card} aria-label="Network">
      {row === undefined ? <NoNetwork /> : <NetworkBody row={row} isBest={isBest} />}
      {row !== undefined && children}
    </section>
  );
});

function NetworkBody({ row, isBest }: { readonly row: TrialRow; readonly isBest: boolean }) {
  const [view, setView] = useState("drawn");
  const widths = useMemo(() => widthRows(row), [row]);
  const hasLine = widths.some(({ line }) => line !== undefined);
  return (
    <>
      <div className={styles.head}>
        <h2 className={styles.title}>{row.name}</h2>
        {isBest && <span className={styles.badge}>best so far</span>}
        <SegmentedControl
          className={styles.switch}
          aria-label="Show the network"
          data={[
            { value: "drawn", label: "Drawn" },
            { value: "stages", label: "Stages" },
          ]}
          value={view}
          onChange={setView}
        />
      </div>
      {row.status !== "done" && row.status !== "training" && (
        <p className={styles.reason} data-status={row.status}>
          <b>{row.status}</b>
          {row.reason !== undefined && `: ${row.reason}`}
        </p>
      )}
      {view === "drawn" ? (
        <NetworkDrawing spec={row.network.spec} color={row.color} height={126} />
      ) : (
        <StageTable spec={row.network.spec} />
      )}
      <WidthChart rows={widths} color={row.color} height={142} />
      <p className={styles.caption}>
        width of block <i>j</i> (log)
        {hasLine && (
          <>
            , dashed: <MathSymbol text="u_j" /> = <MathSymbol text="w_0" /> + <MathSymbol text="w_a" />·
            <i>j</i>
          </>
        )}
      </p>
      {row.epochs.length > 0 && (
        <>
          <TrainingChart rows={row.epochs} epochs={row.regime.epochs} color={row.color} height={116} />
          <p className={styles.caption}>error after each epoch</p>
        </>
      )}
      <NetworkFacts row={row} />
    </>
  );
}

function NoNetwork() {
  return (
    <>
      <div className={styles.head}>
        <h2 className={styles.title}>Network</h2>
      </div>
      <svg viewBox="0 0 316 110" className={styles.ghost} aria-hidden="true">
        {ghostBars.map(({ x, width, height }) => (
          <rect key={x} x={x} y={104 - height} width={width} height={height} rx={2.5} />
        ))}
      </svg>
      <p className={styles.hint}>
        The best network stands here as soon as one is trained: drawn block by block, with its widths, its
        training curve and its cost. Choose another one in the table.
      </p>
    </>
  );
}

/** Three stages of a network that does not exist. */
const ghostBars = [
  { x: 8, width: 6, height: 96 },
  ...[40, 50, 60].map((x) => ({ x, width: 8, height: 64 })),
  ...[100, 114, 128, 142].map((x) => ({ x, width: 12, height: 40 })),
  ...[188, 210, 232].map((x) => ({ x, width: 20, height: 24 })),
];
