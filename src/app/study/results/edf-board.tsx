import { SegmentedControl } from "@mantine/core";
import { memo, useMemo, useState } from "react";
import { edfFigure } from "../../../charts/edf/edf-chart.tsx";
import { formatPercent } from "../../../charts/format.ts";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { countedErrors } from "../../../engine/analysis/trials/counted.ts";
import { countingNotes } from "../../../engine/analysis/trials/per-network.ts";
import { edfCurve } from "../picture/edf-curves.ts";
import { EmptyPicture } from "../picture/empty-picture.tsx";
import { verdictOf } from "../picture/verdict.ts";
import type { TrialRow } from "../trials/trial-rows.ts";
import styles from "./results.module.css";
import { type Results, useSelection } from "./use-results.ts";

export interface EdfBoardProps {
  readonly results: Results;
  readonly shown: TrialRow | undefined;
}

/** Of the chart, in pixels: three populations keep their labels beside it. */
const leastHeight = 240;

/** The picture of the study: the error distributions of its populations, and what they say. */
export const EdfBoard = memo(function EdfBoard({ results, shown }: EdfBoardProps) {
  const selection = useSelection();
  const populations = useMemo(
    () =>
      results.groups.map(({ name, look, observations }) => {
        const counted = observations.filter(({ error }) => error !== null);
        return {
          name,
          look,
          errors: counted.map(({ error }) => error ?? 1),
          ids: counted.map(({ id }) => id),
          diverged: counted.filter(({ status }) => status === "diverged").length,
        };
      }),
    [results],
  );
  const curves = useMemo(() => populations.map(edfCurve), [populations]);
  const verdict = useMemo(() => verdictOf(populations), [populations]);
  // Populations without a curve, or with one that says nothing, say why, and so do those that not all networks count in;
  // before the first trial there is nothing to say.
  const reasons = useMemo(
    () =>
      results.groups.flatMap(({ name, observations }) => {
        const errors = countedErrors(observations, name);
        const faulty = observations.some(({ status }) => status === "diverged" || status === "failed");
        const why = errors.found || errors.reason === "no-trials" ? [] : [{ text: errors.message, faulty }];
        return [...why, ...countingNotes(name, observations).map((text) => ({ text, faulty: false }))];
      }),
    [results],
  );
  const best = shown?.status === "done" ? shown.id : undefined;
  const marked = useMemo(
    () => (selection.selected.size > 0 ? selection.selected : new Set(best === undefined ? [] : [best])),
    [selection.selected, best],
  );
  const [focus, setFocus] = useState<Focus>("usual");
  const empty = curves.every((curve) => curve.n === 0);
  const content = useMemo(
    () =>
      edfFigure({
        curves,
        selection,
        marked,
        focus,
        description: empty ? "Error distribution functions: no network is trained yet." : describe(curves),
      }),
    [curves, selection, marked, focus, empty],
  );

  return (
    <div className={styles.edf} data-empty={empty || undefined}>
      <FigureFrame
        title="Error distribution"
        note="share of networks with test error below x; 95% bands"
        source={results.source}
        content={content}
        className={styles.plain}
        leastHeight={leastHeight}
        overlay={empty && reasons.length === 0 && <EmptyPicture />}
        controls={!empty && <FocusSwitch focus={focus} onChange={setFocus} />}
      >
        {reasons.map(({ text, faulty }) => (
          <p key={text} className={styles.reason} role="status" data-faulty={faulty || undefined}>
            {text}
          </p>
        ))}
        {verdict !== undefined && (
          <p className={styles.verdict} role="status" data-testid="verdict">
            <b>{verdict.claim}</b> {verdict.evidence}
          </p>
        )}
      </FigureFrame>
    </div>
  );
});

/** How much of the error axis is shown. */
type Focus = "usual" | "all" | "best";

const focusLabels: readonly { readonly value: Focus; readonly label: string }[] = [
  { value: "usual", label: "Usual" },
  { value: "all", label: "All" },
  { value: "best", label: "Best" },
];

interface FocusSwitchProps {
  readonly focus: Focus;
  readonly onChange: (focus: Focus) => void;
}

function FocusSwitch({ focus, onChange }: FocusSwitchProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Errors shown: usual leaves out outliers, best ends at each population's first quarter"
      data={[...focusLabels]}
      value={focus}
      onChange={onChange}
    />
  );
}

function describe(curves: ReturnType<typeof edfCurve>[]): string {
  const parts = curves
    .filter((curve) => curve.n > 0)
    .map(
      ({ label, n, min, mean }) =>
        `${label}: ${n} networks, lowest ${formatPercent(min)}, mean ${formatPercent(mean)}`,
    );
  return `Error distribution functions. ${parts.join("; ")}. Further left is better.`;
}
