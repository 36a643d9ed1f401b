import type { ParamInfos } from "../spaces/param-info.ts";
import type { CompoundCoefficients } from "./compound.ts";
import type { V2Scaling } from "./efficientnet-v2.ts";
import type { ScalingExponents } from "./fast.ts";
import type { Multipliers } from "./multipliers.ts";

/** Parameters of the scaling rules in words. */
export const multiplierInfo: ParamInfos<Multipliers> = {
  depth: { symbol: "d", label: "Depth", unit: "", help: "× blocks of every stage, rounded up" },
  width: { symbol: "w", label: "Width", unit: "", help: "× channels, in steps of 8" },
  resolution: { symbol: "r", label: "Resolution", unit: "", help: "× side of the image" },
};

/** Tan and Le 2019, eq. 3. */
export const compoundInfo: ParamInfos<CompoundCoefficients & { readonly phi: number }> = {
  phi: { symbol: "φ", label: "Compound coefficient", unit: "", help: "flops grow by (α·β²·γ²)^φ, about 2^φ" },
  alpha: { symbol: "α", label: "Depth growth", unit: "", help: "d = α^φ: × blocks of every stage" },
  beta: { symbol: "β", label: "Width growth", unit: "", help: "w = β^φ: × channels" },
  gamma: { symbol: "γ", label: "Resolution growth", unit: "", help: "r = γ^φ: × side of the image" },
};

/** Tan and Le 2021, §3.3. */
export const v2Info: ParamInfos<V2Scaling & { readonly phi: number }> = {
  ...compoundInfo,
  largestSide: {
    symbol: "r_max",
    label: "Largest image",
    unit: "pixels",
    help: "the side of the image never grows past it",
  },
  extraLayers: {
    symbol: "n",
    label: "Extra layers",
    unit: "blocks",
    help: "added to a late stage per φ, on average",
  },
};

/** Dollár, Singh and Girshick 2021. */
export const fastInfo: ParamInfos<ScalingExponents & { readonly s: number }> = {
  s: { symbol: "s", label: "Scale", unit: "", help: "× multiply-adds: s = d·w²·r²" },
  d: { symbol: "e_d", label: "Share of depth", unit: "", help: "relative share of log s that depth takes" },
  w: { symbol: "e_w", label: "Share of width", unit: "", help: "relative share of log s that width takes" },
  g: {
    symbol: "e_g",
    label: "Share of group width",
    unit: "",
    help: "groups grow as the widths do when e_g = e_w",
  },
  r: {
    symbol: "e_r",
    label: "Share of resolution",
    unit: "",
    help: "relative share of log s that the image takes",
  },
};

/** Han et al. 2020. */
export const tinyInfo: ParamInfos<{ readonly c: number; readonly r: number; readonly d: number }> = {
  c: {
    symbol: "c",
    label: "Budget",
    unit: "",
    help: "× multiply-adds of the baseline; w takes what r, d leave",
  },
  r: { symbol: "r", label: "Resolution", unit: "", help: "× side of the image" },
  d: { symbol: "d", label: "Depth", unit: "", help: "× blocks of every stage" },
};
