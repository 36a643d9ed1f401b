import { quantizedWidths } from "../../spaces/quantized.ts";
import type { Observation } from "./observation.ts";

/** u_j of the line that a RegNet's block widths are quantized from; other networks have none. */
export function widthLine({ values }: Observation): readonly number[] | undefined {
  const { depth, initialWidth, slope, widthMultiplier } = values;
  if (depth === undefined || initialWidth === undefined) return undefined;
  if (slope === undefined || widthMultiplier === undefined) return undefined;
  return quantizedWidths({ depth, initialWidth, slope, widthMultiplier }).line;
}
