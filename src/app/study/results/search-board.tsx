import { memo, useMemo } from "react";
import { randomSearchFigure } from "../../../charts/curve-charts.tsx";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { useStatistic } from "../../statistics/use-statistic.tsx";
import styles from "./results.module.css";
import { emptyReason } from "./rows.ts";
import type { Results } from "./use-results.ts";

/** How good the best of m random networks is, for all m: a space that needs less search is the better one. */
export const SearchBoard = memo(function SearchBoard({ results }: { readonly results: Results }) {
  const search = useStatistic("search", results.groups, none);
  const empty = emptyReason(results) ?? search.failure;
  const content = useMemo(() => {
    const populations = (search.value ?? []).flatMap(({ name, value }) => {
      const group = results.groups.find((one) => one.name === name);
      if (!value.found || group === undefined) return [];
      const { sizes, expected, low, high } = value.value;
      const points = sizes.map((m, i) => ({
        m,
        expected: expected[i]!,
        low: low[i]!,
        high: high[i]!,
      }));
      return [{ id: name, label: name, ...group.look, points }];
    });
    return randomSearchFigure({
      populations,
      empty: empty ?? "Computing …",
      description: `Expected error of the best of m networks. ${populations
        .map(({ label, points }) => `${label}: ${points.length} networks`)
        .join("; ")}. Lower is better.`,
    });
  }, [search.value, results, empty]);
  return (
    <div className={styles.board}>
      <FigureFrame
        title="Random search"
        note="expected error of the best of m networks, exact; band: nine of ten searches"
        source={results.source}
        content={content}
        height={360}
      >
        {search.value?.map(
          ({ name, value }) =>
            !value.found && (
              <p key={name} className={styles.reason} role="status">
                {value.message}
              </p>
            ),
        )}
      </FigureFrame>
    </div>
  );
});

const none = {};
