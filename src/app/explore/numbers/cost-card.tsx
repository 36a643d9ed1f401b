import { formatInteger, formatSi, trim } from "../../../charts/format.ts";
import { Card } from "../../ui/card.tsx";
import { Facts } from "../../ui/facts.tsx";
import hidden from "../../ui/hidden.module.css";
import type { Relative } from "../model/nearest.ts";
import { useExplore, useNetwork } from "../state/context.tsx";
import styles from "./numbers.module.css";
import { type CostKey, costKeys } from "./use-sample.ts";
import { type StepCost, stepBatch, useStepCost } from "./use-step-cost.ts";

export const costLabels: Readonly<Record<CostKey, { readonly label: string; readonly hint: string }>> = {
  flops: { label: "FLOPs", hint: "multiply-adds of one image" },
  params: { label: "Parameters", hint: "trained weights and biases" },
  acts: { label: "Activations", hint: "output elements of all convolutions" },
};

/** What the network costs, beside the published network most like it. */
export function CostCard() {
  const { cost, nearest, spec } = useNetwork();
  const side = useExplore((state) => state.point.images.side);
  const step = useStepCost(spec);
  return (
    <Card title="Cost" className={styles.still}>
      <table className={styles.costs}>
        <caption className={hidden.hidden}>
          Complexity of the network and of the nearest published one
        </caption>
        <thead>
          <tr>
            <td />
            <th scope="col">this network</th>
            {nearest !== undefined && (
              <th scope="col" colSpan={2}>
                {nearest.network.name}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {costKeys.map((key) => (
            <tr key={key} data-cost={key}>
              <th scope="row" title={costLabels[key].hint}>
                {costLabels[key].label}
              </th>
              <td>
                <b title={formatInteger(cost[key])} data-exact={cost[key]}>
                  {formatSi(cost[key])}
                </b>
              </td>
              {nearest !== undefined && (
                <>
                  <td title={formatInteger(nearest.cost[key])}>{formatSi(nearest.cost[key])}</td>
                  <td className={styles.ratio}>{ratioText(cost[key] / nearest.cost[key])}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {nearest !== undefined && (
        <p className={styles.relation} data-testid="relation">
          {relationText(cost.flops / nearest.cost.flops, nearest, side)}
        </p>
      )}
      <Facts
        facts={[
          {
            key: "bytes",
            label: `Training memory, batch ${stepBatch}`,
            hint: "all buffers of a training step",
            value: stepText(step, ({ bytes }) => formatSi(bytes, "B")),
          },
          {
            key: "intensity",
            label: "Multiply-adds per byte",
            hint: "of a training step: below a machine's own ratio of arithmetic to bandwidth, memory sets the speed",
            value: stepText(step, ({ intensity }) => trim(intensity, 3)),
          },
        ]}
      />
    </Card>
  );
}

function stepText(step: StepCost | null | undefined, text: (cost: StepCost) => string): string {
  if (step === undefined) return "…";
  return step === null ? "too deep to say" : text(step);
}

/** 1.08×, 0.093×, 12×. */
function ratioText(ratio: number): string {
  return `${ratio >= 0.995 && ratio < 9.995 ? ratio.toFixed(2) : ratio < 0.995 ? ratio.toPrecision(2) : trim(ratio, 2)}×`;
}

/** "1.08× RegNetX-400MF". */
function relationText(ratio: number, { network, asPublished, side }: Relative, own: number): string {
  const where = asPublished ? "" : `, ${side === own ? "on the same images" : `at ${side}×${side}`}`;
  return `${ratioText(ratio)} the FLOPs of ${network.name}${where}`;
}
