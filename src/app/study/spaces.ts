import { type SpaceName, spaceNames } from "../../engine/sweep/study.ts";

/** Design spaces as the RegNet paper writes them. */
export const spaceLabels: Readonly<Record<SpaceName, string>> = {
  anynetxa: "AnyNetXA",
  anynetxb: "AnyNetXB",
  anynetxc: "AnyNetXC",
  anynetxd: "AnyNetXD",
  anynetxe: "AnyNetXE",
  regnetx: "RegNetX",
};

/** What each space adds to the one before it (Radosavovic et al. 2020, §3.2–3.3). */
export const spaceHints: Readonly<Record<SpaceName, string>> = {
  anynetxa: "every stage free: depth, width, bottleneck ratio, group width",
  anynetxb: "AnyNetXA with one bottleneck ratio b for all stages",
  anynetxc: "AnyNetXB with one group width g for all stages",
  anynetxd: "AnyNetXC with widths that do not fall",
  anynetxe: "AnyNetXD with depths that do not fall",
  regnetx: "widths quantized from a line u = w₀ + wₐ·j",
};

export const spaceOptions = spaceNames.map((space) => ({ value: space, label: spaceLabels[space] }));
