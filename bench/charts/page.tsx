import { useState } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import type { PointRow } from "../../src/charts/chart-props.ts";
import { EdfChart } from "../../src/charts/edf/edf-chart.tsx";
import type { EdfCurve } from "../../src/charts/edf/edf-curve.ts";
import { populationLook } from "../../src/charts/palette.ts";
import { ScatterChart } from "../../src/charts/scatter-chart.tsx";
import "../../src/app/theme/page.css";
import { dkwBand } from "../../src/engine/analysis/dkw.ts";
import { createRng } from "../../src/engine/math/rng.ts";

/** Rows of made-up numbers: only the time to draw them counts. */
const rng = createRng(1, "charts");
const groups = Array.from({ length: 10 }, (_, i) => ({
  id: `${i}`,
  label: `Population ${i}`,
  ...populationLook(i),
}));
const size = { width: 900, height: 480 };

function curve(i: number, n: number): EdfCurve {
  const errors = Array.from({ length: n }, () => 0.15 + i / 100 + 0.05 * Math.abs(rng.normal())).sort(
    (a, b) => a - b,
  );
  const rows = errors.map((x, k) => ({ x, y: (k + 1) / n }));
  const band = rows.map(({ x, y }) => {
    const [low, high] = dkwBand(y, n);
    return { x, low, high };
  });
  const ids = rows.map((_, k) => `${i}/${k}`);
  return { ...groups[i]!, rows, band, ids, n, min: errors[0]!, mean: 0.2 + i / 100 };
}

let show: (curves: readonly EdfCurve[]) => void = () => {};
function Edf() {
  const [curves, setCurves] = useState<readonly EdfCurve[]>([]);
  show = setCurves;
  return <EdfChart size={size} curves={curves} description="benchmark" />;
}

const rows: PointRow[] = Array.from({ length: 5000 }, (_, i) => ({
  id: `trial ${i}`,
  group: groups[i % 10]!.id,
  label: `Network ${i}`,
  x: rng.float(),
  y: 0.2 + 0.1 * rng.normal(),
}));
const metric = (key: string) => ({
  metric: { key, label: key, hint: "", unit: "", scale: "plain", better: "neither" } as const,
});
const [x, y] = [metric("x"), metric("y")];

function Scatter() {
  const [selected, onSelect] = useState<ReadonlySet<string>>(new Set());
  const [hovered, onHover] = useState<string>();
  const selection = { selected, hovered, onSelect, onHover };
  return (
    <div id="scatter" data-selected={selected.size}>
      <ScatterChart
        size={size}
        rows={rows}
        groups={groups}
        x={x}
        y={y}
        description="benchmark"
        selection={selection}
      />
    </div>
  );
}

createRoot(document.getElementById("root")!).render(
  <>
    <Edf />
    <Scatter />
  </>,
);

/** Milliseconds from new rows to the new layout, a trial more in every population each time. */
function edfUpdates(times: number): number[] {
  const data = Array.from({ length: times }, (_, k) => groups.map((_, i) => curve(i, 2000 - times + k)));
  return data.map((curves) => {
    const start = performance.now();
    flushSync(() => show(curves));
    document.body.getBoundingClientRect();
    return performance.now() - start;
  });
}

/** Times between frames until `stop` is called. */
function watchFrames(): { readonly stop: () => number[] } {
  const gaps: number[] = [];
  let last = performance.now();
  let running = true;
  const next = (now: number) => {
    gaps.push(now - last);
    last = now;
    if (running) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  return {
    stop() {
      running = false;
      return gaps.slice(1);
    },
  };
}

Object.assign(window, { benchmark: { edfUpdates, watchFrames } });
