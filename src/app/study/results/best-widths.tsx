import { useMemo } from "react";
import { type BlockWidthsRow, blockWidthsFigure } from "../../../charts/curve-charts.tsx";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { widthLine } from "../../../engine/analysis/trials/width-line.ts";
import { blockWidths } from "../../../engine/spaces/fit.ts";
import { emptyReason } from "./rows.ts";
import { type ResultGroup, type Results, useSelection } from "./use-results.ts";

/** More lines of one population could not be told apart. */
const mostNetworks = 5;

/** Block widths of the best networks of every population, over the lines that RegNets are quantized from. */
export function BestWidths({ results }: { readonly results: Results }) {
  const selection = useSelection();
  const networks = useMemo(() => results.groups.flatMap(bestOf), [results]);
  const content = useMemo(
    () =>
      blockWidthsFigure({
        networks,
        selection,
        empty: emptyReason(results),
        legend: results.groups.map(({ name, look }) => ({ id: name, label: name, ...look })),
        description: `Width per block of ${networks.length} networks: ${networks.map(({ label }) => label).join(", ")}.`,
      }),
    [networks, results, selection],
  );
  return (
    <FigureFrame
      title="Block widths of the best"
      note={`log; the ${mostNetworks} lowest errors of each population; dashed: the line of a RegNet`}
      source={results.source}
      content={content}
      height={300}
    />
  );
}

function bestOf({ observations, look }: ResultGroup): BlockWidthsRow[] {
  return observations
    .filter(({ status, error }) => status === "done" && error !== null)
    .sort((a, b) => a.error! - b.error!)
    .slice(0, mostNetworks)
    .map((one) => ({
      id: one.id,
      label: one.name,
      ...look,
      widths: blockWidths(one.spec),
      line: widthLine(one),
    }));
}
