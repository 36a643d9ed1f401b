import { useMemo } from "react";
import type { Look } from "../../charts/chart-props.ts";
import { edfFigure } from "../../charts/edf/edf-chart.tsx";
import { formatPercent } from "../../charts/format.ts";
import { FigureFrame } from "../../charts/page/figure-frame.tsx";
import { populationLook } from "../../charts/palette.ts";
import type { ComparedGroup } from "../../engine/analysis/comparison-table.ts";
import { countedErrors } from "../../engine/analysis/trials/counted.ts";
import { useStatistic } from "../statistics/use-statistic.tsx";
import { edfCurve } from "../study/picture/edf-curves.ts";
import { figureSource } from "../study/results/figure-source.ts";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import styles from "./compare.module.css";
import type { ChosenGroup } from "./compare-source.ts";
import { ComparisonTableView } from "./comparison-table-view.tsx";
import { useCompare } from "./context.tsx";
import { PairSentences } from "./pair-sentences.tsx";

export interface CompareResultsProps {
  readonly groups: readonly ChosenGroup[];
  /** Some of the groups may still arrive. */
  readonly loading: boolean;
}

/** The curves over one another, the table, and a sentence a pair. */
export function CompareResults({ groups, loading }: CompareResultsProps) {
  const here = useMemo(
    () => groups.flatMap(({ group }): ComparedGroup[] => (group === undefined ? [] : [group])),
    [groups],
  );
  const looks = useMemo(() => new Map(groups.map(({ name }, i) => [name, populationLook(i)])), [groups]);
  const baselineKey = useCompare((state) => state.baseline);
  const baseline = (groups.find(({ key }) => key === baselineKey && key) ?? groups[0])?.name ?? "";
  const usable = here.some(({ name }) => name === baseline) ? baseline : (here[0]?.name ?? "");
  const table = useStatistic("comparison", here, { baseline: usable });
  return (
    <>
      <EdfOverlay groups={here} looks={looks} names={groups.flatMap(({ source }) => source?.name ?? [])} />
      <Card
        title="Against the baseline"
        note="best of 10: the expected error of the best of ten drawn; p after Holm's correction"
        className={styles.table}
      >
        {table.failure === undefined ? (
          <ComparisonTableView
            groups={groups}
            looks={looks}
            table={table.value?.found ? table.value.value : undefined}
            baseline={usable}
            pending={table.pending || loading}
          />
        ) : (
          <Notice tone="bad" title="The comparison could not be computed.">
            {table.failure}
          </Notice>
        )}
      </Card>
      {table.value?.found && <PairSentences pairs={table.value.value.pairs} baseline={usable} />}
    </>
  );
}

function EdfOverlay({
  groups,
  looks,
  names,
}: {
  readonly groups: readonly ComparedGroup[];
  readonly looks: ReadonlyMap<string, Look>;
  /** Of the studies. */
  readonly names: readonly string[];
}) {
  const { curves, reasons } = useMemo(() => {
    const findings = groups.map(({ name, observations }) => ({
      name,
      errors: countedErrors(observations, name),
      ids: observations.flatMap(({ id, error }) => (error === null ? [] : [id])),
    }));
    return {
      curves: findings.flatMap(({ name, errors, ids }) =>
        errors.found
          ? [
              edfCurve({
                name,
                look: looks.get(name) ?? { color: "var(--ink)" },
                errors: errors.value,
                ids,
              }),
            ]
          : [],
      ),
      reasons: findings.flatMap(({ errors }) => (errors.found ? [] : [errors.message])),
    };
  }, [groups, looks]);
  const described = useMemo(
    () =>
      curves.map(
        ({ label, n, min, mean }) =>
          `${label}: ${n} networks, lowest ${formatPercent(min)}, mean ${formatPercent(mean)}`,
      ),
    [curves],
  );
  const source = figureSource(
    [...new Set(names)].join(" and "),
    groups.flatMap(({ observations }) => observations),
  );
  const content = useMemo(
    () =>
      edfFigure({
        curves,
        description:
          curves.length === 0
            ? `No curve yet. ${reasons.join(" ")}`
            : `Error distribution functions. ${described.join("; ")}. Further left is better.`,
        empty: reasons.join(" "),
      }),
    [curves, reasons, described],
  );
  return (
    <FigureFrame
      title="Error distributions"
      note="share of networks with test error below x; 95% bands"
      source={source}
      content={content}
      height={380}
      className={styles.overlay}
    >
      {reasons.map((reason) => (
        <p key={reason} className={styles.reason} role="status">
          {reason}
        </p>
      ))}
    </FigureFrame>
  );
}
