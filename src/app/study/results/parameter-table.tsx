import { formatMetric } from "../../../charts/metric.ts";
import type { ColumnRange } from "../../../engine/analysis/bootstrap-ranges.ts";
import { observedMetric } from "../../../engine/analysis/trials/metrics.ts";
import { MathSymbol } from "../../ui/symbol.tsx";
import { useServices } from "../state/services.tsx";
import styles from "./results.module.css";
import type { ResultGroup } from "./use-results.ts";

export interface ParameterTableProps {
  /** Keys, the most important first. */
  readonly order: readonly string[];
  readonly groups: readonly ResultGroup[];
  /** Of each group; undefined where there are none. */
  readonly ranges: readonly (readonly ColumnRange[] | undefined)[];
  readonly importance: ReadonlyMap<string, number> | undefined;
}

/** Good values of every parameter in every population, and how much the error hangs on it. */
export function ParameterTable({ order, groups, ranges, importance }: ParameterTableProps) {
  const { actions } = useServices();
  const most = Math.max(1e-9, ...(importance?.values() ?? []));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className={styles.scroll} tabIndex={0} aria-label="Ranges of good networks">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Parameter</th>
            {groups.map(({ name, look }) => (
              <th key={name} scope="col" style={{ color: look.color }}>
                {name}
              </th>
            ))}
            <th scope="col">Importance</th>
          </tr>
        </thead>
        <tbody>
          {order.map((key) => {
            const metric = observedMetric(key);
            if (metric === undefined) return null;
            const share = importance?.get(key);
            return (
              <tr key={key}>
                <th scope="row">
                  <button
                    type="button"
                    className={styles.link}
                    title={`${metric.hint}; show it in the scatter`}
                    onClick={() => {
                      actions.setAxes({ x: key, y: "error" });
                      actions.show("scatter");
                    }}
                  >
                    {metric.label} {metric.symbol !== undefined && <MathSymbol text={metric.symbol} />}
                  </button>
                </th>
                {groups.map(({ name }, i) => {
                  const range = ranges[i]?.find((one) => one.key === key)?.range;
                  return (
                    <td key={name} title={range?.found === false ? range.message : undefined}>
                      {range?.found ? (
                        <>
                          <b>{formatMetric(metric, range.value.best)}</b>{" "}
                          <small>
                            {formatMetric(metric, range.value.low)}–{formatMetric(metric, range.value.high)}
                          </small>
                        </>
                      ) : (
                        "–"
                      )}
                    </td>
                  );
                })}
                <td className={styles.importance}>
                  {share === undefined ? (
                    "–"
                  ) : (
                    <>
                      <i style={{ width: `${Math.max(0, (60 * share) / most)}px` }} />
                      {share.toFixed(2)}
                    </>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
