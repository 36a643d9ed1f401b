import { trim } from "../../../charts/format.ts";
import { networkParts } from "../../../charts/network-layout.ts";
import { stageRow } from "../../../engine/network/describe.ts";
import type { NetworkSpec } from "../../../engine/network/spec.ts";
import hidden from "../../ui/hidden.module.css";
import { MathSymbol } from "../../ui/symbol.tsx";
import styles from "./network.module.css";

/** The stages in numbers: what the drawing shows, exactly. */
export function StageTable({ spec }: { readonly spec: NetworkSpec }) {
  const sides = networkParts(spec).slice(1);
  return (
    <table className={styles.stages}>
      <caption className={hidden.hidden}>Stages of the network</caption>
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <Head symbol="d_i" title="blocks" />
          <Head symbol="w_i" title="channels" />
          <Head symbol="g_i" title="channels per group" />
          <Head symbol="b_i" title="bottleneck ratio" />
          <th scope="col" title="side of the map the stage gives">
            map
          </th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">stem</th>
          <td>1</td>
          <td>{spec.stem.width}</td>
          <td>–</td>
          <td>–</td>
          <td>{networkParts(spec)[0]?.side}²</td>
        </tr>
        {spec.stages.map(stageRow).map((stage, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place
          <tr key={i}>
            <th scope="row" title={stage.block}>
              {i + 1}
            </th>
            <td>{stage.depth}</td>
            <td>{stage.width}</td>
            <td>{stage.groupWidth ?? "–"}</td>
            <td>{stage.bottleneckRatio === null ? "–" : trim(stage.bottleneckRatio, 3)}</td>
            <td>{sides[i]?.side}²</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head({ symbol, title }: { readonly symbol: string; readonly title: string }) {
  return (
    <th scope="col" title={title}>
      <MathSymbol text={symbol} />
    </th>
  );
}
