import { memo } from "react";
import { captionOf } from "../../../charts/figure/figure.ts";
import { formatPercent } from "../../../charts/format.ts";
import { useStatistic } from "../../statistics/use-statistic.tsx";
import { Card } from "../../ui/card.tsx";
import styles from "./results.module.css";
import { emptyReason } from "./rows.ts";
import type { Results } from "./use-results.ts";

/** Sizes of searches in the table: 1, 2, 5, 10, … */
function sizesUpTo(most: number): number[] {
  const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((size) => size <= most);
  return sizes.includes(most) || most < 1 ? sizes : [...sizes, most];
}

/** How good the best of m random networks is, for all m: a space that needs less search is the better one. */
export const SearchBoard = memo(function SearchBoard({ results }: { readonly results: Results }) {
  const search = useStatistic("search", results.groups, none);
  const curves = search.value ?? [];
  const most = curves.reduce((longest, { value }) => Math.max(longest, value.found ? value.value.n : 0), 0);
  return (
    <div className={styles.board}>
      <Card
        title="Random search"
        note="expected error of the best of m networks drawn without replacement; exact, not simulated"
      >
        {most === 0 ? (
          <p className={styles.says}>{emptyReason(results) ?? search.failure ?? "…"}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
          <section className={styles.scroll} tabIndex={0} aria-label="Table of random searches">
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">m</th>
                  {results.groups.map(({ name, look }) => (
                    <th key={name} scope="col" style={{ color: look.color }}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {sizesUpTo(most).map((size) => (
                  <tr key={size}>
                    <th scope="row">{size}</th>
                    {curves.map(({ name, value }) => {
                      const expected = value.found ? value.value.expected[size - 1] : undefined;
                      const spread = value.found ? value.value.deviation[size - 1] : undefined;
                      return (
                        <td key={name}>
                          {expected === undefined ? (
                            "–"
                          ) : (
                            <>
                              <b>{formatPercent(expected)}</b>{" "}
                              <small>± {formatPercent(spread ?? Number.NaN)}</small>
                            </>
                          )}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        {curves.map(
          ({ name, value }) =>
            !value.found && (
              <p key={name} className={styles.reason} role="status">
                {value.message}
              </p>
            ),
        )}
        <p className={styles.caption}>{captionOf(results.source)}</p>
      </Card>
    </div>
  );
});

const none = {};
