import type { Look } from "../../charts/chart-props.ts";
import { formatPercent } from "../../charts/format.ts";
import type {
  ComparisonRow,
  ComparisonTable,
  PairComparison,
} from "../../engine/analysis/comparison-table.ts";
import type { Finding } from "../../engine/analysis/finding.ts";
import styles from "./compare.module.css";
import type { ChosenGroup } from "./compare-source.ts";
import { useCompareStore } from "./context.tsx";

export interface ComparisonTableViewProps {
  readonly groups: readonly ChosenGroup[];
  readonly looks: ReadonlyMap<string, Look>;
  /** Undefined until it is computed. */
  readonly table: ComparisonTable | undefined;
  /** Name of the group that the others are held against. */
  readonly baseline: string;
  readonly pending: boolean;
}

const heads = [
  { key: "baseline", label: "Baseline", title: "the group that the others are held against" },
  { key: "n", label: "n", title: "networks that count: trained to the end, or diverged" },
  { key: "min", label: "min", title: "lowest test error" },
  { key: "mean", label: "mean", title: "mean test error" },
  { key: "median", label: "median", title: "median test error" },
  { key: "best10", label: "best of 10", title: "expected error of the best of ten networks drawn at random" },
  { key: "ks", label: "KS D", title: "largest gap between the two curves (Kolmogorov–Smirnov)" },
  { key: "p", label: "p", title: "chance of such a gap if both were one, after Holm's correction" },
  {
    key: "effect",
    label: "effect δ",
    title: "Cliff's δ: positive where the group errs less than the baseline, 1 where always",
  },
] as const;

/** A row a group. */
export function ComparisonTableView(props: ComparisonTableViewProps) {
  const { groups, looks, table, baseline, pending } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on a phone
    <section className={styles.scroll} tabIndex={0} aria-label="Table of the comparison">
      <table className={styles.rows} data-pending={pending || undefined}>
        <thead>
          <tr>
            <th scope="col">Group</th>
            {heads.map(({ key, label, title }) => (
              <th key={key} scope="col" title={title}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Row
              key={group.key}
              group={group}
              color={looks.get(group.name)?.color ?? ""}
              row={table?.rows.find(({ name }) => name === group.name)}
              isBaseline={group.name === baseline}
              pending={pending}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly group: ChosenGroup;
  readonly color: string;
  readonly row: ComparisonRow | undefined;
  readonly isBaseline: boolean;
  readonly pending: boolean;
}

function Row({ group, color, row, isBaseline, pending }: RowProps) {
  const store = useCompareStore();
  const { key, name, source } = group;
  return (
    <tr data-group={name}>
      <th scope="row">
        <i className={styles.chip} style={{ background: color }} />
        <span className={styles.groupName}>
          {name}
          {source !== undefined && <small>{source.file ?? source.name}</small>}
        </span>
      </th>
      <td>
        <input
          type="radio"
          name="baseline"
          aria-label={`${name} is the baseline`}
          checked={isBaseline}
          disabled={group.group === undefined}
          onChange={() => store.getState().setBaseline(key)}
        />
      </td>
      {row === undefined ? (
        <td colSpan={heads.length - 1} className={styles.why}>
          {pending ? "…" : "not here"}
        </td>
      ) : (
        <Numbers row={row} isBaseline={isBaseline} />
      )}
    </tr>
  );
}

function Numbers({ row, isBaseline }: { readonly row: ComparisonRow; readonly isBaseline: boolean }) {
  const { counts, summary, bestOf10, against } = row;
  const { counted, diverged } = counts;
  const n = (
    <td title={diverged > 0 ? `${diverged} of them diverged and count as error 1` : undefined}>
      {counted}
      {diverged > 0 && <small>{diverged} diverged</small>}
    </td>
  );
  if (!summary.found)
    return (
      <>
        {n}
        <td colSpan={heads.length - 2} className={styles.why}>
          {summary.message}
        </td>
      </>
    );
  const { min, mean, median } = summary.value;
  return (
    <>
      {n}
      <td>
        <b>{formatPercent(min)}</b>
      </td>
      <td>{formatPercent(mean)}</td>
      <td>{formatPercent(median)}</td>
      <td title={bestOf10.found ? undefined : bestOf10.message}>
        {bestOf10.found ? formatPercent(bestOf10.value) : "–"}
      </td>
      <Against against={against} isBaseline={isBaseline} />
    </>
  );
}

function Against({
  against,
  isBaseline,
}: {
  readonly against: Finding<PairComparison> | undefined;
  readonly isBaseline: boolean;
}) {
  if (against === undefined)
    return (
      <td colSpan={3} className={styles.why}>
        {isBaseline ? "baseline" : "–"}
      </td>
    );
  if (!against.found)
    return (
      <td colSpan={3} className={styles.why}>
        {against.message}
      </td>
    );
  const { test, adjusted, delta, magnitude, verdict } = against.value;
  const p = adjusted?.pValue ?? test.pValue;
  return (
    <>
      <td>{test.statistic.toFixed(2)}</td>
      <td title={`before the correction ${pText(test.pValue)}`}>
        {verdict === "noise" ? pText(p) : <b>{pText(p)}</b>}
      </td>
      <td>
        {delta > 0 ? "+" : delta < 0 ? "−" : ""}
        {Math.abs(delta).toFixed(2)}
        <small>{magnitude}</small>
      </td>
    </>
  );
}

function pText(p: number): string {
  if (p >= 0.001) return p.toFixed(p < 0.01 ? 4 : 3);
  const [digits, exponent] = p.toExponential(0).split("e");
  return p === 0 ? "0" : `${digits}·10${superscript(Number(exponent))}`;
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");
}
