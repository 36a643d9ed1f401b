import type { WidthRow } from "../../../charts/width-chart.tsx";
import { quantizedWidths, type WidthLine } from "../../../engine/spaces/quantized.ts";
import type { TrialRow } from "../trials/trial-rows.ts";

/** Width of every block, and the line it was quantized from where the network is a RegNet. */
export function widthRows({ network, params }: Pick<TrialRow, "network" | "params">): WidthRow[] {
  const widths = network.spec.stages.flatMap((stage) => new Array<number>(stage.depth).fill(stage.width));
  const line = isWidthLine(params) ? quantizedWidths(params).line : undefined;
  return widths.map((width, block) => {
    const u = line?.[block];
    return u === undefined ? { block, width } : { block, width, line: u };
  });
}

function isWidthLine(params: object): params is WidthLine {
  const keys: readonly (keyof WidthLine)[] = ["depth", "initialWidth", "slope", "widthMultiplier"];
  return keys.every((key) => typeof (params as Partial<WidthLine>)[key] === "number");
}
