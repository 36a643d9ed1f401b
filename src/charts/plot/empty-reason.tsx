import type { Area } from "./plot.ts";
import { wrap } from "./text-width.ts";

/** Why a plot is empty, in its middle. */
export function EmptyReason({ area, reason }: { readonly area: Area; readonly reason: string }) {
  const lines = wrap(reason, 13, Math.min(380, area.width - 16));
  const top = area.y + area.height / 2 - ((lines.length - 1) * 18) / 2;
  return (
    <text fontSize={13} textAnchor="middle" data-empty="">
      {lines.map((line, i) => (
        <tspan key={line} x={area.x + area.width / 2} y={top + i * 18}>
          {line}
        </tspan>
      ))}
    </text>
  );
}
