import { anynetInfo } from "./anynet-info.ts";
import type { ParamInfo } from "./param-info.ts";

/** Parameters of stages, one value each, in words: what ResNets, MBConv networks and EfficientNetV2 are made of. */
export const stageInfo = {
  depths: anynetInfo.depths,
  widths: { ...anynetInfo.widths, help: "output channels of stage i" },
  strides: anynetInfo.strides,
  bottleneckRatios: anynetInfo.bottleneckRatios,
  groupWidths: anynetInfo.groupWidths,
  expansions: {
    symbol: "e_i",
    label: "Expansions",
    unit: "",
    help: "width inside the block / its input width",
  },
  kernels: { symbol: "k_i", label: "Kernels", unit: "pixels", help: "side of the depthwise or fused kernel" },
  fused: { symbol: "f_i", label: "Fused", unit: "", help: "1 is Fused-MBConv, 0 is MBConv" },
  seRatio: { ...anynetInfo.seRatio, help: "squeeze width / input width of MBConv" },
  headWidth: {
    symbol: "w_h",
    label: "Head width",
    unit: "channels",
    help: "1×1 convolution before the pool",
  },
} as const satisfies Record<string, ParamInfo>;
