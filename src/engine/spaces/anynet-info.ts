import type { AnyNetParams } from "./anynet.ts";
import type { ParamInfos } from "./param-info.ts";
import { regnetInfo } from "./regnet-info.ts";

/** AnyNet's parameters in words, one value a stage each (Radosavovic et al. 2020, §3.2). */
export const anynetInfo: ParamInfos<AnyNetParams> = {
  depths: { symbol: "d_i", label: "Depths", unit: "blocks", help: "number of blocks of stage i" },
  widths: { symbol: "w_i", label: "Widths", unit: "channels", help: "block width of stage i" },
  strides: { symbol: "s_i", label: "Strides", unit: "", help: "stride of the first block of stage i" },
  bottleneckRatios: { ...regnetInfo.bottleneckRatio, symbol: "b_i", label: "Bottleneck ratios" },
  groupWidths: { ...regnetInfo.groupWidth, symbol: "g_i", label: "Group widths" },
  seRatio: regnetInfo.seRatio,
};
