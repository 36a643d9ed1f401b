import type { ParamInfos } from "./param-info.ts";
import type { RegNetParams } from "./regnet.ts";

/** RegNet's parameters in words (Radosavovic et al. 2020, §3.3). */
export const regnetInfo: ParamInfos<RegNetParams> = {
  depth: { symbol: "d", label: "Depth", unit: "blocks", help: "number of blocks of all stages" },
  initialWidth: {
    symbol: "w_0",
    label: "Initial width",
    unit: "channels",
    help: "start of the line, a multiple of 8",
  },
  slope: { symbol: "w_a", label: "Slope", unit: "channels per block", help: "u_j = w_0 + w_a·j" },
  widthMultiplier: {
    symbol: "w_m",
    label: "Width multiplier",
    unit: "",
    help: "width ratio of neighbouring stages",
  },
  bottleneckRatio: {
    symbol: "b",
    label: "Bottleneck ratio",
    unit: "",
    help: "block width / width of its 3×3",
  },
  groupWidth: {
    symbol: "g",
    label: "Group width",
    unit: "channels",
    help: "in a group of the 3×3",
  },
  seRatio: {
    symbol: "q",
    label: "Squeeze ratio",
    unit: "",
    help: "squeeze width / input width; 0 is none",
  },
};
