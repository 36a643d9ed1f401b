import { formatInteger, trim } from "../../../charts/format.ts";
import { networkParts } from "../../../charts/network-layout.ts";
import { type StageRow, stageRow } from "../../../engine/network/describe.ts";
import type { BlockType, NetworkSpec } from "../../../engine/network/spec.ts";
import { Card } from "../../ui/card.tsx";
import hidden from "../../ui/hidden.module.css";
import { MathSymbol } from "../../ui/symbol.tsx";
import type { Adjustment } from "../model/adjustments.ts";
import { useNetwork } from "../state/context.tsx";
import styles from "./picture.module.css";

const blockNames: Readonly<Record<BlockType, string>> = {
  vanilla: "vanilla",
  res_basic: "residual basic",
  res_bottleneck: "residual bottleneck",
  res_bottleneck_linear: "linear bottleneck",
  mbconv: "MBConv",
  fused_mbconv: "Fused-MBConv",
};

const stems: Readonly<
  Record<NetworkSpec["stem"]["type"], { readonly name: string; readonly stride: number }>
> = {
  small: { name: "stem 3×3", stride: 1 },
  simple: { name: "stem 3×3", stride: 2 },
  resnet: { name: "stem 7×7, pool", stride: 4 },
};

interface Column {
  readonly key: string;
  readonly symbol: string;
  readonly title: string;
  readonly of: (stage: StageRow) => number | null;
}

const columns: readonly Column[] = [
  { key: "d", symbol: "d", title: "blocks", of: ({ depth }) => depth },
  { key: "w", symbol: "w", title: "channels", of: ({ width }) => width },
  { key: "s", symbol: "s", title: "stride of the first block", of: ({ stride }) => stride },
  { key: "b", symbol: "b", title: "bottleneck ratio", of: ({ bottleneckRatio }) => bottleneckRatio },
  { key: "e", symbol: "e", title: "expansion", of: ({ expansion }) => expansion },
  { key: "g", symbol: "g", title: "channels per group", of: ({ groupWidth }) => groupWidth },
  { key: "k", symbol: "k", title: "kernel", of: ({ kernel }) => kernel },
  { key: "q", symbol: "SE", title: "squeeze ratio", of: ({ seRatio }) => (seRatio === 0 ? null : seRatio) },
];

/** The stages in numbers: what the drawing shows, exactly. */
export function StagesCard() {
  const { spec, adjustments } = useNetwork();
  const rows = spec.stages.map(stageRow);
  const [stem, ...sides] = networkParts(spec);
  // Columns that no stage has a number for are left out; the squeeze ratio stays, since Y differs from X by it.
  const shown = columns.filter(({ key, of }) => key === "q" || rows.some((row) => of(row) !== null));
  return (
    <Card title="Stages" className={styles.still}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls, and holds nothing else to focus */}
      <section className={styles.scroller} aria-label="Table of stages" tabIndex={0}>
        <table className={styles.stages} data-testid="stages">
          <caption className={hidden.hidden}>Stages of the network</caption>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Block</th>
              {shown.map(({ key, symbol, title }) => (
                <th key={key} scope="col" title={title} aria-label={title}>
                  {key === "q" ? symbol : <MathSymbol text={symbol} />}
                </th>
              ))}
              <th scope="col" title="side of the map the stage gives">
                map
              </th>
            </tr>
          </thead>
          <tbody>
            <OutsideRow
              name={stems[spec.stem.type].name}
              width={spec.stem.width}
              stride={stems[spec.stem.type].stride}
              side={stem!.side}
              columns={shown}
            />
            {rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place
              <tr key={i} data-stage={i + 1}>
                <th scope="row">{i + 1}</th>
                <td className={styles.block}>{blockNames[row.block]}</td>
                {shown.map(({ key, of }) => (
                  <td key={key} className={adjusted(adjustments, i, key) ? styles.adjusted : undefined}>
                    {numberText(of(row))}
                  </td>
                ))}
                <td>{sides[i]!.side}²</td>
              </tr>
            ))}
            {spec.head.width > 0 && (
              <OutsideRow
                name="head 1×1"
                width={spec.head.width}
                stride={1}
                side={sides.at(-1)!.side}
                columns={shown}
              />
            )}
            <OutsideRow
              name="pool, linear"
              width={spec.classes}
              stride={undefined}
              side={1}
              columns={shown}
            />
          </tbody>
        </table>
      </section>
    </Card>
  );
}

interface OutsideRowProps {
  readonly name: string;
  readonly width: number;
  readonly stride: number | undefined;
  readonly side: number;
  readonly columns: readonly Column[];
}

/** Stem and head: what stands around the stages. */
function OutsideRow({ name, width, stride, side, columns }: OutsideRowProps) {
  const values: Readonly<Record<string, number | undefined>> = { w: width, s: stride };
  return (
    <tr className={styles.outside}>
      <th scope="row" colSpan={2}>
        {name}
      </th>
      {columns.map(({ key }) => (
        <td key={key}>{numberText(values[key] ?? null)}</td>
      ))}
      <td>{side}²</td>
    </tr>
  );
}

function adjusted(adjustments: readonly Adjustment[], stage: number, column: string): boolean {
  return adjustments.some((one) => one.stage === stage && one.what === column);
}

function numberText(value: number | null): string {
  if (value === null) return "–";
  return Number.isInteger(value) ? formatInteger(value) : trim(value, 3);
}
